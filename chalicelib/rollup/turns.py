"""Who is next: no due hour is starved, neither by other hours nor by hours that always fail."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, islice

from chalicelib.model.hour import Hour
from chalicelib.model.instant import HOUR_MS
from chalicelib.model.rollup import DueHour

# A cause that is removed is noticed within this time, without anyone's help.
MAX_BACKOFF_MS = 6 * HOUR_MS


def is_ready(due: DueHour, now_ms: int) -> bool:
    """Return whether an hour may be tried again.

    An hour that keeps failing is left alone for as long as it has been failing, so that its waits
    double up to the maximum. What counts is time and not attempts, as a run makes several.
    """
    failed_for_ms = 0 if due.unfinished_ms is None else due.tried_ms - due.unfinished_ms
    return now_ms >= due.tried_ms + min(failed_for_ms, MAX_BACKOFF_MS)


def by_turns(due: Iterable[DueHour], most: int) -> list[Hour]:
    """Choose hours, the newest and the one tried longest ago by turns.

    An hour that has been tried goes to the end of the second queue, and nothing but being tried
    changes its place there. So whatever happens in the meantime, of D hours in all none waits for
    more than D / (most // 2) runs, rounded up.
    """
    hours = list(due)
    newest = sorted(hours, key=lambda one: one.hour, reverse=True)
    longest = sorted(hours, key=lambda one: (one.tried_ms, one.hour))
    turns = chain.from_iterable(zip(newest, longest, strict=True))
    return list(islice(dict.fromkeys(one.hour for one in turns), most))
