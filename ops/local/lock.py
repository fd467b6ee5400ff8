"""One command at a time on a state folder."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from ops.kit.errors import OperationFailed
from ops.local.home import Home


@contextmanager
def locked(home: Home) -> Iterator[None]:
    """Keep other commands out; the system releases the lock however this one ends.

    Raises:
        OperationFailed: another command holds the lock, or this one already does.
    """
    home.root.mkdir(parents=True, exist_ok=True)
    with home.lock_file.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise OperationFailed(
                f"Another command is using {home.root}.",
                "Try again when it has finished, or choose another folder with --state.",
            ) from error
        yield
