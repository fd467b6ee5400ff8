"""What comes with the territory ends in a sentence, not in a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import typer
from botocore.exceptions import EndpointConnectionError  # noqa: TID251
from typer.testing import CliRunner
from urllib3.exceptions import ProtocolError

from ops.__main__ import Commands
from ops.kit.errors import expected
from ops.kit.project import ROOT


@pytest.mark.slow
def test_a_folder_that_cannot_be_is_named_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "cloud"

    ran = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "ops", "up", "--state", str(folder)],
        cwd=ROOT,
        env={"COLUMNS": "500"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 1
    assert f"Not a directory: {folder}" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(111, "Connection refused"),
        TimeoutError(),
        ProtocolError("Connection aborted."),
        EndpointConnectionError(endpoint_url="http://127.0.0.1:1"),
    ],
)
def test_a_cloud_that_went_away_is_asked_after(error: Exception) -> None:
    failure = expected(error)

    assert failure
    assert failure.reason
    assert "ops status" in failure.advice


def test_a_full_disk_says_so() -> None:
    failure = expected(OSError(28, "No space left on device"))

    assert failure
    assert failure.reason == "No space left on device."


def test_a_mistake_of_ours_keeps_its_traceback() -> None:
    assert expected(KeyError("name")) is None


def test_ctrl_c_ends_with_one_line_and_130() -> None:
    app = typer.Typer(cls=Commands)

    @app.command()
    def interrupted() -> None:
        raise KeyboardInterrupt

    @app.command()
    def other() -> None: ...

    ran = CliRunner().invoke(app, ["interrupted"])

    assert ran.exit_code == 130
    assert ran.stderr == "Stopped.\n"
