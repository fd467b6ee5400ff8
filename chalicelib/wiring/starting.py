"""What a starting function spares itself."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def starting() -> Iterator[None]:
    """Build what stays, without looking for garbage among it, now or later.

    Nearly everything that is built while a function starts lives as long as the function, and
    each search for cycles would go through more of it.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
