"""What experiments cost: an hour's partial in its rollup, and merging those of 14 days."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.effort import Effort
from benchmarks.fortnight import HOURS, make_fortnight
from benchmarks.rollup_runs import (
    MILLION,
    OURS,
    WITH_PARTIAL,
    Runs,
    first_mib,
    first_s,
    run_in_turns,
    run_once,
    warm_s,
)
from benchmarks.row import MIB, SECONDS, Other, Row, measured

MAX_TIMES_ROLLUP = 2.0
# Of any machine that is not slower by far than those it was made on: the function is stopped after
# fifteen minutes, in which it has to compute every experiment.
MAX_S = 30.0
MAX_MIB = 1_536
MERGE, FLOOR = "merge", "merge-floor"
N_EVENTS = 48 * MILLION
TURNS = 3


def measure(effort: Effort) -> list[Row]:
    return [_rollup(effort), *_merge(effort)]


def _rollup(effort: Effort) -> Row:
    [runs] = run_in_turns({MILLION: (OURS, WITH_PARTIAL)}, effort, turns=5)
    return measured(
        f"{runs.name}, with the partial for experiments",
        runs.costs(WITH_PARTIAL, warm_s),
        SECONDS,
        Other(
            kind="floor",
            name="the same without",
            costs=runs.costs(OURS, warm_s),
            at_most=MAX_TIMES_ROLLUP,
        ),
    )


def _merge(effort: Effort) -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="eventstream-fortnight-") as folder:
        effort.say(f"making {len(HOURS)} partials of {N_EVENTS:,} events")
        make_fortnight(Path(folder), MILLION, N_EVENTS)
        runs = Runs(N_EVENTS, {MERGE: [], FLOOR: []})
        for turn in range(TURNS):
            for worker, done in runs.by_worker.items():
                effort.say(f"{worker}, turn {turn + 1} of {TURNS}")
                done.append(run_once(worker, folder, 1))
    name = f"results of 14 days, 1 M users, {runs.millions} events, 3 metrics with CUPED"
    return [
        measured(
            name,
            runs.costs(MERGE, first_s),
            SECONDS,
            Other(kind="floor", name="pyarrow reads the same", costs=runs.costs(FLOOR, first_s)),
            at_most=MAX_S,
        ),
        measured(
            f"{name}, peak memory",
            runs.costs(MERGE, first_mib),
            MIB,
            Other(kind="floor", name="pyarrow reads the same", costs=runs.costs(FLOOR, first_mib)),
            at_most=MAX_MIB,
        ),
    ]
