"""A local cloud that does not start says why."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ops.kit.errors import OperationFailed
from ops.local import ministack
from ops.local.home import Home
from ops.local.port import free_port


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_a_start_that_fails_shows_the_end_of_the_log(home: Home) -> None:
    dies = (sys.executable, "-c", "raise SystemExit('out of order')")

    with pytest.raises(OperationFailed) as failed:
        ministack.start(home, free_port(), dies)

    assert "exited with code 1" in failed.value.reason
    assert "out of order" in failed.value.advice


def test_a_start_that_fails_leaves_earlier_work_alone(home: Home) -> None:
    home.create()
    (home.services / "s3.json").write_text("{}")

    with pytest.raises(OperationFailed):
        ministack.start(home, free_port(), (sys.executable, "-c", "raise SystemExit(1)"))

    assert home.holds_data()
    assert not ministack.crashed(home)


def test_a_dead_process_is_not_taken_for_a_running_one(home: Home) -> None:
    home.create()
    home.process_file.write_text('{"pid": 999999999, "port": 1}')

    assert ministack.running(home) is None
    assert not ministack.stop(home)


def test_an_end_without_saving_is_a_crash(home: Home) -> None:
    home.create()
    (home.services / "s3.json").write_text("{}")
    home.process_file.write_text('{"pid": 999999999, "port": 1}')

    assert ministack.crashed(home)
