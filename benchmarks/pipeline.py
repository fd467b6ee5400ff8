"""The whole pipeline on a local cloud of its own: how long 100 events take to reach each step."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from benchmarks.course import EVENTS, Course, Lap
from benchmarks.effort import Effort
from benchmarks.local_cloud import local_cloud
from benchmarks.row import SECONDS, Other, Row, measured

WARM_UP = 3
# A page asks 4 s after its last answer, and looks each second whether it should.
PAGE_S = 5
ROUNDS = 25
# What the projects say whose features this one unites.
MAX_LOST_PERCENT = 0.1
# Times an empty round trip. Where that takes 3.5 ms, these are a quarter of a second, half a
# second and one second; the projects promise 1 s to the counters and 30 s end to end.
MAX_COUNTED = 70
MAX_IN_LAKE = 140
MAX_ROLLED = 280


def measure(effort: Effort) -> list[Row]:
    with local_cloud(effort) as cloud:
        course = Course.of(cloud)
        laps = []
        for number in range(WARM_UP + ROUNDS):
            effort.say(f"round {number + 1} of {WARM_UP + ROUNDS}")
            laps.append(course.run(number))
    return [*_rows(laps[WARM_UP:]), _on_an_open_page(laps[WARM_UP:]), _lost(laps)]


def _rows(laps: Sequence[Lap]) -> list[Row]:
    empty = [lap.empty_s for lap in laps]
    steps = (
        ("the answer", [lap.answered_s for lap in laps], None),
        ("the live counters", [lap.counted_s for lap in laps], MAX_COUNTED),
        ("the API's live counters", [lap.shown_s for lap in laps], None),
        ("the lake", [lap.in_lake_s for lap in laps], MAX_IN_LAKE),
        ("the lake and the rollup", [lap.rolled_s for lap in laps], MAX_ROLLED),
    )
    return [
        measured(
            f"{EVENTS} events from POST to {step}",
            taken,
            SECONDS,
            Other(kind="floor", name="GET /health", costs=empty, at_most=at_most),
            note=_tail(taken),
        )
        for step, taken, at_most in steps
    ]


def _on_an_open_page(laps: Sequence[Lap]) -> Row:
    """Add the page's own share, which is exact: tests/browser/test_live_updates.py."""
    return Row(
        name="an event from POST to an open page, at most",
        figure=PAGE_S + max(lap.shown_s for lap in laps),
        unit="s",
        note=f"{PAGE_S} s of them until the page asks; 10 s are promised",
    )


def _tail(seconds: Sequence[float]) -> str:
    p95 = statistics.quantiles(seconds, n=20, method="inclusive")[-1]
    return f"p95 {p95:.2f}, at most {max(seconds):.2f}"


def _lost(laps: Sequence[Lap]) -> Row:
    n_sent = EVENTS * len(laps)
    return Row(
        name=f"valid events that are in no rollup, of {n_sent:,}",
        figure=100 * (1 - sum(lap.n_rolled for lap in laps) / n_sent),
        unit="%",
        at_most=MAX_LOST_PERCENT,
    )
