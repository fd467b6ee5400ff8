"""What a local cloud holds survives a stop; what a crash leaves is put aside."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.local.cloud import Cloud
from ops.local.home import Home
from ops.local.port import free_port
from ops.local.process import Process
from tests.e2e.conftest import Ops
from tests.e2e.waiting import wait_for

pytestmark = pytest.mark.e2e


@pytest.fixture
def own_state(ops: Ops, tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    ops("down", "--purge", "--state", tmp_path)


def test_what_it_holds_is_there_again_after_a_stop(ops: Ops, own_state: Path) -> None:
    before = up(ops, own_state)
    put_note(before)

    stopped = ops("down", "--state", own_state)
    after = up(ops, own_state)

    assert "its data is kept" in stopped.stdout
    assert has_note(after)
    assert after.api_key == before.api_key


def test_what_a_crash_leaves_is_put_aside(ops: Ops, own_state: Path) -> None:
    put_note(up(ops, own_state))

    process = Process.load(Home(own_state).process_file)
    assert process
    os.kill(process.pid, signal.SIGKILL)
    wait_for(lambda: not process.is_alive() or None, "end of the process")
    ran = ops("up", "--port", free_port(), "--state", own_state)

    assert "ended without saving" in ran.stdout, ran.stdout + ran.stderr
    assert not has_note(Cloud.load(Home(own_state)))
    assert list((own_state / "crashed-1" / "objects").rglob("note*"))


def test_purging_leaves_nothing_behind(ops: Ops, own_state: Path) -> None:
    put_note(up(ops, own_state))

    ops("down", "--purge", "--state", own_state)

    assert {path.name for path in own_state.iterdir()} == {"lock", "ministack.log"}


def up(ops: Ops, state: Path) -> Cloud:
    ran = ops("up", "--port", free_port(), "--state", state)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return Cloud.load(Home(state))


def put_note(cloud: Cloud) -> None:
    cloud.client("s3").put_object(Bucket=cloud.names.lake_bucket, Key="note", Body=b"here")


def has_note(cloud: Cloud) -> bool:
    found = cloud.client("s3").list_objects_v2(Bucket=cloud.names.lake_bucket, Prefix="note")
    return found["KeyCount"] == 1
