"""Options for a range of hours, and the keys that lie in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

import typer

from chalicelib.model.hour import Hour
from chalicelib.model.period import Period

EXAMPLES = "2026-11-21 or 2026-11-21T10"

FirstHour = Annotated[
    str, typer.Option("--from", help="The first day or hour, UTC.", metavar="DAY|HOUR")
]
EndHour = Annotated[
    str,
    typer.Option(
        "--to", help="The day or hour that ends it, and is left out.", metavar="DAY|HOUR"
    ),
]


def range_of(first: str, end: str) -> Period:
    """Read the range that was asked for.

    Raises:
        typer.BadParameter: not a day or hour, or none of them.
    """
    period = Period(hour_of(first, "--from"), hour_of(end, "--to"))
    if period.end <= period.first:
        raise typer.BadParameter("--to must be after --from, since it is left out")
    return period


def hour_of(text: str, option: str) -> Hour:
    """Read a day, which is its first hour, or an hour.

    Raises:
        typer.BadParameter: neither.
    """
    try:
        hour = Hour.parse(text if "T" in text else f"{text}T00")
        # The bounds of years in which instants can be written.
        return Hour.parse(hour.plus(-24).window_start).plus(24)
    except ValueError as error:
        raise typer.BadParameter(f"{option} must be a day or hour, as {EXAMPLES}") from error


def within(keys: Iterable[str], prefix: str, period: Period) -> Iterator[str]:
    """Pick the keys whose folder below the prefix is one of the range's hours.

    >>> day = Period(Hour.parse("2026-11-21T00"), Hour.parse("2026-11-22T00"))
    >>> key = "quarantine/year=2026/month=11/day=21/hour=10/a"
    >>> list(within([key, "quarantine/year=2026/month=11/day=22/hour=00/b"], "quarantine/", day))
    ['quarantine/year=2026/month=11/day=21/hour=10/a']
    """
    # Digits are as many in every key, so that the order of texts is that of hours.
    low, high = f"{prefix}{period.first.partition}/", f"{prefix}{period.end.partition}/"
    return (key for key in keys if low <= key < high)
