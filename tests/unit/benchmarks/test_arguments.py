"""What the benchmarks' command line understands."""

from __future__ import annotations

import pytest

from benchmarks.__main__ import NAMES, parse


def test_without_names_everything_is_measured() -> None:
    request = parse([])

    assert tuple(request.names) == NAMES
    assert not request.curves
    assert not request.full


def test_names_and_switches_are_taken_together() -> None:
    request = parse(["rollup", "process", "--curves", "--full"])

    assert request.names == ["rollup", "process"]
    assert request.curves
    assert request.full


def test_an_unknown_name_is_refused_and_the_known_ones_are_listed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        parse(["rolup"])

    assert "no benchmark is named rolup; there are ingest, process" in capsys.readouterr().err
