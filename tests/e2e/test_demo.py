"""The demo itself: it adds up, says so, and can be cleared away."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.conftest import Ops

pytestmark = pytest.mark.e2e


def test_the_demo_ends_by_itself_and_everything_agrees(ops: Ops, tmp_path: Path) -> None:
    try:
        ran = ops("demo", "--events", 1_000, "--hours", 3, "--state", tmp_path)
    finally:
        ops("down", "--purge", "--state", tmp_path)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "Everything agrees." in ran.stdout
    assert "DISAGREE" not in ran.stdout
