"""A quantity of a bill before it is priced."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount, in single requests, bytes or seconds, of what a price's key names; and why."""

    key: str
    amount: float
    why: str


def count(number: float) -> str:
    """Write a count in a few characters.

    >>> count(0), count(7.25), count(1234.5), count(2_500_000), count(3.2e9)
    ('0', '7.2', '1,234', '2.50 M', '3.20 bn')
    """
    for limit, letter in ((1e12, "tn"), (1e9, "bn"), (1e6, "M")):
        if number >= limit:
            return f"{number / limit:,.2f} {letter}"
    return f"{number:,.0f}" if number >= 100 or number == int(number) else f"{number:.1f}"
