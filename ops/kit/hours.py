"""Options for a range of hours, and the keys inside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

import typer

from chalicelib.model import retention
from chalicelib.model.hour import Hour
from chalicelib.model.instant import DAY_MS
from chalicelib.model.period import Period

_FIRST = Hour.parse("0001-01-01T00")
EXAMPLES = "2026-11-21 or 2026-11-21T10"

FirstHour = Annotated[
    str, typer.Option("--from", help="Start of the range (UTC).", metavar="DAY|HOUR")
]
EndHour = Annotated[
    str, typer.Option("--to", help="End of the range (UTC, exclusive).", metavar="DAY|HOUR")
]

OptionalFirstHour = Annotated[
    str | None, typer.Option("--from", help="Start of the range (UTC).", metavar="DAY|HOUR")
]
OptionalEndHour = Annotated[
    str | None,
    typer.Option("--to", help="End of the range (UTC, exclusive).", metavar="DAY|HOUR"),
]


def range_of(first: str, end: str) -> Period:
    """Read a range.

    Raises:
        typer.BadParameter: an end is not a day or an hour, or the range is empty.
    """
    return _not_empty(hour_of(first, "--from"), hour_of(end, "--to"))


def kept_range(first: str | None, end: str | None, now_ms: int | None = None) -> Period:
    """Read a range of stored rollups; given the time, the default is the last 24 hours.

    Raises:
        typer.BadParameter: an end is missing or not a day or an hour, or the range is empty or
            longer than rollups are kept.
    """
    if now_ms is None and not (first and end):
        raise typer.BadParameter("--from and --to must be given together")
    stop = hour_of(end, "--to") if end else Hour.of(now_ms or 0).plus(1)
    # Before the first hour that can be written there is nothing.
    start = hour_of(first, "--from") if first else max(stop.plus(-24), _FIRST)
    days = (stop.start_ms - start.start_ms) / DAY_MS
    if days > retention.HOURLY_DAYS:
        raise typer.BadParameter(
            f"the range is {days:,.0f} days; rollups are kept for {retention.HOURLY_DAYS}"
        )
    return _not_empty(start, stop)


def hour_of(text: str, option: str) -> Hour:
    """Read an hour, or a day as its first hour.

    Raises:
        typer.BadParameter: the text is neither.
    """
    try:
        return Hour.parse(text if "T" in text else f"{text}T00")
    except ValueError as error:
        raise typer.BadParameter(
            f"{option} must be a day or an hour, such as {EXAMPLES}"
        ) from error


def _not_empty(first: Hour, end: Hour) -> Period:
    if end <= first:
        raise typer.BadParameter("--to must be after --from")
    return Period(first, end)


def within(keys: Iterable[str], prefix: str, period: Period) -> Iterator[str]:
    """Select the keys whose folder below the prefix is an hour of the range.

    >>> day = Period(Hour.parse("2026-11-21T00"), Hour.parse("2026-11-22T00"))
    >>> key = "quarantine/year=2026/month=11/day=21/hour=10/a"
    >>> list(within([key, "quarantine/year=2026/month=11/day=22/hour=00/b"], "quarantine/", day))
    ['quarantine/year=2026/month=11/day=21/hour=10/a']
    """
    # Every key has the same number of digits, so keys sort as their hours do.
    low, high = f"{prefix}{period.first.partition}/", f"{prefix}{period.end.partition}/"
    return (key for key in keys if low <= key < high)
