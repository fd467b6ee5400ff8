"""Hours on the command line are those that the pipeline takes, from the first to the last."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from ops.__main__ import app
from ops.kit.hours import hour_of


@pytest.mark.parametrize("text", ["0001-01-01", "0001-01-01T05", "2026-11-21", "9999-12-31T23"])
def test_every_hour_that_can_be_written_is_taken(text: str) -> None:
    assert hour_of(text, "--from").text.startswith(text)


@pytest.mark.parametrize("text", ["9999-12-31T23", "9999-12-31T23:00:00Z"])
def test_the_last_hour_can_not_be_rolled_up(text: str) -> None:
    refused = CliRunner().invoke(app, ["rollup", "--window", text])

    assert refused.exit_code == 2
    assert "--window must be before 9999-12-31T23" in " ".join(refused.output.split())
