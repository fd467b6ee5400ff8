"""Numbers as DynamoDB takes them."""

from __future__ import annotations

# DynamoDB refuses numbers nearer to zero than 1E-130.
_TINY = 1e-100


def number(value: float) -> dict[str, str]:
    """Write a number so that a double comes back as it was, or as 0 where DynamoDB has none.

    >>> number(0.1 + 0.2), number(5e-324), number(9 * 10**19 + 1)
    ({'N': '0.30000000000000004'}, {'N': '0'}, {'N': '90000000000000000001'})
    """
    return {"N": repr(value) if abs(value) > _TINY else "0"}
