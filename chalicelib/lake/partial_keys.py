"""The keys of partials: one for each rollup of an hour, so that none ever overwrites another's."""

from __future__ import annotations

from chalicelib.model.hour import Hour

PREFIX = "experiments/"
_SUFFIX = ".parquet"


def key_of(hour: Hour, mark: int) -> str:
    """Return the key of the partial that the rollup of this mark wrote.

    >>> key_of(Hour.parse("2026-02-03T04"), 12)
    'experiments/year=2026/month=02/day=03/hour=04/12.parquet'
    """
    return f"{prefix_of(hour)}{mark}{_SUFFIX}"


def prefix_of(hour: Hour) -> str:
    return f"{PREFIX}{hour.partition}/"


def mark_of(key: str) -> int:
    """Read the mark back.

    >>> mark_of("experiments/year=2026/month=02/day=03/hour=04/12.parquet")
    12
    """
    return int(key.rpartition("/")[2].removesuffix(_SUFFIX))
