"""A process is taken for the local cloud of a folder only when it is that."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ops.kit.errors import OperationFailed
from ops.local import ministack
from ops.local.home import Home
from ops.local.process import Process


def test_a_local_cloud_of_another_folder_is_not_ours(tmp_path: Path) -> None:
    with stand_in(Home(tmp_path / "cloud")) as pid:
        assert Process(pid, 1, tmp_path / "cloud").is_alive()
        assert not Process(pid, 1, tmp_path / "clouds").is_alive()
        assert not Process(pid, 1, tmp_path).is_alive()


def test_a_record_is_read_back_as_it_was(tmp_path: Path) -> None:
    process = Process(pid=7, port=8, folder=tmp_path)
    process.save(tmp_path / "process.json")

    assert Process.load(tmp_path / "process.json") == process


def test_a_local_cloud_that_hangs_gets_no_second_one_beside_it(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with stand_in(home) as pid:
        Process(pid, 1, home.root).save(home.process_file)

        with pytest.raises(OperationFailed, match=f"process {pid}"):
            ministack.refuse_a_hung_one(home)


@contextmanager
def stand_in(home: Home) -> Iterator[int]:
    """Run what the list of processes shows as MiniStack and is not."""
    [interpreter, *options] = ministack.command(home)
    sleep = "print(flush=True); import time; time.sleep(3_600)"
    command = [interpreter, "-c", sleep, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:  # noqa: S603
        try:
            assert child.stdout
            child.stdout.readline()
            yield child.pid
        finally:
            child.kill()
