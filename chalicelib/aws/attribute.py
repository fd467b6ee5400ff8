"""DynamoDB's attribute values: written from, and read back as, Python's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

type Item = Mapping[str, Any]

# DynamoDB refuses numbers nearer to zero than 1E-130.
_TINY = 1e-100


def number(value: float) -> dict[str, str]:
    """Write a number so that a double is read back as it was, or as 0 where DynamoDB has none.

    >>> number(0.1 + 0.2), number(5e-324), number(9 * 10**19 + 1)
    ({'N': '0.30000000000000004'}, {'N': '0'}, {'N': '90000000000000000001'})
    """
    return {"N": repr(value) if abs(value) > _TINY else "0"}


def text(value: str) -> dict[str, str]:
    """Write text; a member of an enumeration as its value.

    >>> text("page_view")
    {'S': 'page_view'}
    """
    return {"S": str(value)}


def texts(values: Iterable[str]) -> dict[str, list[dict[str, str]]]:
    """Write texts as a list, which keeps their order and may be empty, as a set may not."""
    return {"L": [text(value) for value in values]}


def integer_of(item: Item, name: str) -> int:
    return int(item[name]["N"])


def number_of(item: Item, name: str) -> float:
    return float(item[name]["N"])


def text_of(item: Item, name: str) -> str:
    value: str = item[name]["S"]
    return value
