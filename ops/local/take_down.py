"""Stop a local cloud, and keep or delete its data."""

from __future__ import annotations

from ops.local import ministack
from ops.local.home import Home
from ops.local.lock import locked
from ops.local.postgres import Postgres


def take_down(home: Home, *, purge: bool) -> str:
    """Return the outcome as text."""
    if not home.root.is_dir():
        return "was not running"
    with locked(home):
        outcome = "stopped" if ministack.stop(home) else "was not running"
        # After the functions, which would take its end for an outage.
        Postgres(home.postgres).stop()
        if purge:
            home.discard_data()
        else:
            home.discard_scratch()
        return outcome + (
            "; its data is kept (delete it with --purge)" if home.holds_data() else ""
        )
