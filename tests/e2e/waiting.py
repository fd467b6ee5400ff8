"""Wait for what is sure to happen, however long the machine takes over it."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

# Only what never happens takes so long; a busy machine may need minutes for a moment's work.
PATIENCE_S = 600.0
POLL_S = 0.2


def wait_for[T](find: Callable[[], T | None], what: str) -> T:
    """Ask until there is an answer other than None."""
    until = time.monotonic() + PATIENCE_S
    while (found := find()) is None:
        if time.monotonic() > until:
            pytest.fail(f"no {what} after {PATIENCE_S:.0f} s")
        time.sleep(POLL_S)
    return found
