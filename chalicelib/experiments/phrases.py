"""The parts of what a verdict says, and numbers and lists as people write them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.experiments.comparison import Compared
from chalicelib.experiments.statistics.interval import Interval


@dataclass(frozen=True, slots=True)
class Words:
    sentence: str
    reason: str
    next_step: str


def percent(share: float) -> str:
    """Write a share with three digits that count, at most to a thousandth of a per cent.

    >>> percent(0.0312), percent(0.5), percent(1.234), percent(0.00004)
    ('3.12 %', '50 %', '123 %', '0.004 %')
    """
    size = abs(share * 100)
    digits = 0 if size >= 99.95 else 1 if size >= 9.995 else 2 if size >= 0.1 else 3
    text = f"{share * 100:,.{digits}f}"
    return f"{text.rstrip('0').rstrip('.') if digits else text} %"


def signed_percent(share: float) -> str:
    """Write a change.

    >>> signed_percent(0.041), signed_percent(-0.1)
    ('+4.1 %', '-10 %')
    """
    return f"{'+' if share >= 0 else ''}{percent(share)}"


def change(compared: Compared) -> str:
    """Say how far a variant is from the control, by its lift if it has one."""
    is_lift = compared.lift is not None
    interval = compared.lift or compared.difference
    size = percent(abs(interval.value)) if is_lift else f"{abs(interval.value):,.4g}"
    return f"{size} {'higher' if interval.value >= 0 else 'lower'}"


def bounds(compared: Compared) -> str:
    """Write the interval.

    >>> _bounds(Interval(0.041, 0.012, 0.07), is_lift=True)
    '+1.2 % to +7 %'
    """
    return _bounds(compared.lift or compared.difference, is_lift=compared.lift is not None)


def _bounds(interval: Interval, *, is_lift: bool) -> str:
    ends = (interval.low, interval.high)
    return " to ".join(signed_percent(end) if is_lift else f"{end:+,.4g}" for end in ends)


def listed(names: Sequence[str]) -> str:
    """Join names.

    >>> listed(["a"]), listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def rounded_up(users: int) -> str:
    """Write how many users something takes; two digits are as exact as such a figure gets.

    >>> rounded_up(12_345), rounded_up(80)
    ('13,000', '80')
    """
    unit = int(10 ** max(len(str(users)) - 2, 0))
    return f"{-(-users // unit) * unit:,}"
