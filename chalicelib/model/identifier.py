"""Event ids for events sent without one: UUIDs of version 7, RFC 9562."""

from __future__ import annotations

RANDOM_BITS = 74

_VERSION = 7 << 76
_VARIANT = 2 << 62
_LOW_BITS = 62


def uuid7(epoch_ms: int, entropy: int) -> str:
    """Return the UUID of a moment and of `RANDOM_BITS` random bits.

    The time leads, so ids sort by it; within a millisecond their order is random.

    >>> uuid7(0x017F22E279B0, (0xCC3 << 62) | 0x18C4DC0C0C07398F)
    '017f22e2-79b0-7cc3-98c4-dc0c0c07398f'
    """
    high, low = entropy >> _LOW_BITS, entropy & ((1 << _LOW_BITS) - 1)
    digits = f"{epoch_ms << 80 | _VERSION | high << 64 | _VARIANT | low:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
