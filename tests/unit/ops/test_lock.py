"""Two commands never work on one state folder at once."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.kit.errors import OperationFailed
from ops.kit.project import ROOT
from ops.local.home import Home
from ops.local.lock import locked
from ops.local.port import HOST


@pytest.fixture
def taken_port() -> Iterator[int]:
    """Return a port that lets no local cloud start, should the lock fail."""
    with socket.create_server((HOST, 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.slow
@pytest.mark.parametrize("command", ["up --port {port}", "down", "down --purge"])
def test_a_command_refuses_a_folder_that_another_one_is_using(
    command: str, tmp_path: Path, taken_port: int
) -> None:
    home = Home(tmp_path / "cloud")
    arguments = command.format(port=taken_port).split()
    with locked(home):
        home.create()
        ran = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "ops", *arguments, "--state", str(home.root)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )

    assert ran.returncode == 1
    assert "Another command is using" in ran.stderr
    assert home.services.is_dir()


def test_a_folder_is_free_again_however_the_command_ended(tmp_path: Path) -> None:
    with pytest.raises(OperationFailed, match="on purpose"), locked(Home(tmp_path)):
        raise OperationFailed("on purpose")

    with locked(Home(tmp_path)):
        pass


def test_folders_do_not_hold_each_other_up(tmp_path: Path) -> None:
    with locked(Home(tmp_path / "one")), locked(Home(tmp_path / "other")):
        pass
