"""What the pipeline extracts from an event's free properties, the same way in every stage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from chalicelib.model.currency import CURRENCIES
from chalicelib.model.latency import MAX_MS

MAX_AMOUNT = 1_000_000_000
# Sums are kept as integers, in millionths, so that the order of addition can't change them.
MICRO = 1_000_000

INFINITY = float("inf")
_SEVERE = frozenset({"error", "critical"})


class Facts(NamedTuple):
    """Each is None if the property is absent or not of a kind that can be counted."""

    latency_ms: float | None
    amount: float | None
    currency: str | None
    value: float | None
    is_error: bool


def lift(event_type: str, properties: Mapping[str, object]) -> Facts:
    """Extract the facts from properties.

    >>> lift("page_view", {"duration_ms": 12, "status_code": 503})
    Facts(latency_ms=12.0, amount=None, currency=None, value=None, is_error=True)
    """
    get = properties.get
    latency = get("latency_ms")
    if latency is None:
        latency = get("duration_ms")
    amount, currency, value = get("amount"), get("currency"), get("value")
    # Most events have few of these, and this runs for every event.
    return Facts(
        None if latency is None else _within(latency, 0, MAX_MS),
        None if amount is None else _within(amount, -MAX_AMOUNT, MAX_AMOUNT),
        None if currency is None else currency_of(currency),
        None if value is None else _within(value, -INFINITY, INFINITY),
        is_error(event_type, properties),
    )


def is_error(event_type: str, properties: Mapping[str, object]) -> bool:
    """Say whether an event counts as an error, by its type, severity, flag or HTTP status."""
    if event_type == "error" or properties.get("error") is True:
        return True
    status = properties.get("status_code")
    if isinstance(status, (int, float)) and status >= 500:
        return True
    return event_type == "system_event" and properties.get("severity") in _SEVERE


def currency_of(value: object) -> str | None:
    """Return the code of a currency in capitals, however it is written.

    >>> currency_of("eur"), currency_of("gold")
    ('EUR', None)
    """
    if not isinstance(value, str):
        return None
    if value in CURRENCIES:
        return value
    code = value.upper()
    return code if code in CURRENCIES else None


def micros(quantity: float) -> int:
    """Return a quantity in millionths, rounded half to even.

    >>> micros(0.1 + 0.2)
    300000
    """
    return round(quantity * MICRO)


def _within(value: object, low: float, high: float) -> float | None:
    # In Python a bool is an int, but `"amount": true` is not a number to the client.
    if type(value) is int or type(value) is float:
        number = float(value)
        return number if low <= number <= high else None
    return None
