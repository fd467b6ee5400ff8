"""`python -m ops backtest`, from its command line."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from chalicelib.anomalies.ports import FiguresReader
from chalicelib.model.figures import Figures
from chalicelib.model.hour import Hour
from ops.__main__ import app
from ops.kit.errors import OperationFailed
from tests.builders import NOON
from tests.unit.anomalies.series import by_day, noisy

USUAL = Figures(events=400, errors=4, latencies=400, latency_p95_ms=200.0)
RANGE = ("--from", NOON.plus(-48).text, "--to", NOON.text)


class Stored:
    """Five weeks of hours up to noon, and the hours that were asked for."""

    def __init__(self, **changes: Figures) -> None:
        self.kept: dict[Hour, Mapping[str, Figures]] = {
            hour: {"_all": USUAL, "click": USUAL} for hour in NOON.plus(-840).until(NOON)
        }
        self.kept[NOON.plus(-5)] = {"_all": USUAL, "click": USUAL} | changes
        self.asked: list[tuple[Hour, Hour]] = []

    def figures(self, first: Hour, end: Hour) -> Mapping[Hour, Mapping[str, Figures]]:
        self.asked.append((first, end))
        return {hour: types for hour, types in self.kept.items() if first <= hour < end}


def run(*options: str, reader: FiguresReader | None = None) -> Result:
    return CliRunner().invoke(app, ["backtest", *options], obj=reader, env={"COLUMNS": "200"})


@pytest.fixture
def load(tmp_path: Path) -> Path:
    """Six weeks of quiet days, with a labelled surge in the last."""
    values = noisy(by_day(300), 1_000)
    values[900] *= 4
    rows = [
        f"{NOON.plus(at).window_start},{value},{int(at == 900)}" for at, value in enumerate(values)
    ]
    path = tmp_path / "load.csv"
    path.write_text("timestamp,value,label\n" + "\n".join(rows))
    return path


@pytest.mark.slow
def test_what_would_have_alerted_is_printed_with_its_figures() -> None:
    result = run(*RANGE, reader=Stored(click=USUAL._replace(events=2_000)))

    assert result.exit_code == 0
    rows = [line.split() for line in result.output.splitlines()]
    row = next(row for row in rows if row[3:5] == ["volume", "above"])
    assert row[:5] == ["2026-11-20", "07", "click", "volume", "above"]
    assert row[5:7] == ["2,000", "400"]
    assert row[8:] == ["4", "hour_of_week"]
    assert "click volume, 2026-11-20 07: Volume is above its history: 2,000" in result.output
    assert "1 alert in 288 judged hours of 6 series" in result.output
    assert "Precision" not in result.output


@pytest.mark.slow
def test_the_weeks_before_are_read_and_what_alerted_in_them_is_not_printed() -> None:
    stored = Stored()
    stored.kept[NOON.plus(-100)] = {"_all": USUAL, "click": USUAL._replace(events=2_000)}

    result = run(*RANGE, reader=stored)

    assert stored.asked == [(NOON.plus(-48 - 8 * 168), NOON)]
    assert "0 alerts in 288 judged hours" in result.output


def test_types_and_metrics_can_be_chosen() -> None:
    only = ("--event-type", "click", "--metric", "latency", "--metric", "volume")
    slow = Stored(click=USUAL._replace(latency_p95_ms=2_000.0, errors=200))

    result = run(*RANGE, *only, reader=slow)

    assert "latency" in result.output
    assert "error_rate" not in result.output
    assert "1 alert in 96 judged hours of 2 series" in result.output


@pytest.mark.slow
def test_a_higher_threshold_finds_less() -> None:
    stored = Stored(click=USUAL._replace(events=2_000))

    assert "0 alerts" in run(*RANGE, "--threshold", "500", reader=stored).output


def test_hours_that_are_not_rolled_up_are_said_to_be_so() -> None:
    later = ("--from", NOON.plus(10).text, "--to", NOON.plus(20).text)

    result = run(*later, reader=Stored())

    assert isinstance(result.exception, OperationFailed)
    assert "is rolled up" in result.exception.reason


def test_a_type_that_was_never_seen_is_refused() -> None:
    result = run(*RANGE, "--event-type", "clack", reader=Stored())

    assert isinstance(result.exception, OperationFailed)
    assert "clack" in result.exception.reason
    assert "click" in result.exception.advice


def test_a_file_is_replayed_and_scored(load: Path) -> None:
    result = run("--csv", str(load))

    assert result.exit_code == 0
    assert "load" in result.output
    assert "Precision 100%: 1 of 1 alerts" in result.output
    assert "Recall 100%: 1 of 1 windows found" in result.output


def test_an_empty_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("timestamp,value\n")

    result = run("--csv", str(path))

    assert result.exit_code == 2
    assert "empty.csv: has no rows" in result.output


def test_a_bad_file_is_refused_with_the_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("timestamp,value\n2026-11-21 10:00,many\n")

    result = run("--csv", str(path))

    assert result.exit_code == 2
    assert "bad.csv, line 2: value: many is not a number" in result.output


@pytest.mark.slow
def test_a_picture_is_drawn(load: Path, tmp_path: Path) -> None:
    picture = tmp_path / "new" / "load.png"

    result = run("--csv", str(load), "--plot", str(picture))

    assert result.exit_code == 0
    assert f"Plotted in {picture}" in result.output
    head = picture.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", head[16:])
    assert width > 1_000
    assert height > 200


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "give either"),
        (("--csv", __file__, *RANGE), "give either"),
        (("--from", "2026-11-20"), "must be given together"),
        (("--from", "2026-11-20", "--to", "2026-11-20"), "--to must be after --from"),
        (("--from", "2020-11-20", "--to", "2026-11-20"), "kept for 400"),
        (("--from", "yesterday", "--to", "2026-11-20"), "--from must be a day or an hour"),
        ((*RANGE, "--plot", "picture.gif"), "must end in .png"),
        ((*RANGE, "--windows", __file__), "requires --csv"),
        (("--csv", __file__, "--event-type", "click"), "requires --from and --to"),
        (("--csv", "no_such.csv"), "does not exist"),
        (("--csv", __file__, "--metric", "volume", "--metric", "latency"), "contains one metric"),
        ((*RANGE, "--metric", "speed"), "speed"),
    ],
)
def test_what_makes_no_sense_is_refused(options: tuple[str, ...], message: str) -> None:
    result = run(*options, reader=Stored())

    assert result.exit_code == 2
    assert message in " ".join(result.output.replace("│", " ").split())
