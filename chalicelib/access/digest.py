"""What is stored of an API key in place of its value."""

from __future__ import annotations

import hashlib


def digest_of(key: str) -> str:
    """Return the SHA-256 of a key, in hexadecimal digits.

    It needs neither salt nor stretching: a key has 160 random bits, which nobody can guess.

    >>> digest_of("esw_example")[:16]
    'e1e285f9d05c57e9'
    """
    # Whatever a client sends is hashed, even half of a surrogate pair.
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
