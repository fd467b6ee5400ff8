"""About how many users there are: sketches small enough to be written with every chunk.

They have 512 registers and take some 210 bytes, so that an item with those of three variants is
still one write unit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from chalicelib.model import distinct
from chalicelib.model.distinct import HyperLogLog, Place, standard_error

PRECISION = 9
RELATIVE_ERROR = standard_error(PRECISION)
_HASH_BYTES = 8


def place_of(user_id: str) -> Place:
    """Return the place of a user, by SHA-256 without a salt: no experiment's hash is like it."""
    # Whatever a client sends is hashed, even half of a surrogate pair.
    digest = hashlib.sha256(user_id.encode("utf-8", "surrogatepass")).digest()
    return distinct.place_of(int.from_bytes(digest[:_HASH_BYTES]), PRECISION)


def sketch_at(places: Iterable[Place]) -> HyperLogLog:
    return HyperLogLog.at(places, PRECISION)


def merged(sketches: Iterable[HyperLogLog]) -> HyperLogLog:
    """Return the sketch of the users of all, each counted once."""
    return HyperLogLog.merged(sketches, PRECISION)


def decoded(text: bytes) -> HyperLogLog | None:
    """Read a stored sketch; None if a version with sketches of another kind has written it."""
    try:
        return HyperLogLog.decoded(text, PRECISION)
    except ValueError:
        return None
