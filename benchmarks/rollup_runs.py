"""Run rollups that are to be compared, each in a process of its own, by turns."""

from __future__ import annotations

import json
import math
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.effort import Effort
from benchmarks.hours import make_hour
from benchmarks.rollup_once import WORKERS, Once, Summary

ROOT = Path(__file__).parents[1]
MILLION = 1_000_000
ROUNDS = 4
# Both interpolate percentiles alike, but not in the same order of operations.
TOLERANCE = 1e-12

OURS, FLOOR, PEER, VIEW_PEER, WITH_PARTIAL, *_ = WORKERS

type Cost = Callable[[Once], float]


@dataclass(frozen=True, slots=True)
class Runs:
    """What each process took to roll up one hour of this size, by worker and turn by turn."""

    n_events: int
    by_worker: Mapping[str, list[Once]]

    def costs(self, worker: str, cost: Cost) -> list[float]:
        """Return a cost of each of the worker's processes."""
        return [cost(once) for once in self.by_worker[worker]]

    def costs_per_event(self, worker: str, cost: Cost) -> list[float]:
        return [whole / self.n_events for whole in self.costs(worker, cost)]

    @property
    def millions(self) -> str:
        return f"{self.n_events / MILLION:g} M"

    @property
    def name(self) -> str:
        return f"rollup, {self.millions} events"


def warm_s(once: Once) -> float:
    """Return the median of all rollups of a process but the first."""
    return statistics.median(once.seconds[1:])


def first_s(once: Once) -> float:
    return once.seconds[0]


def first_mib(once: Once) -> float:
    return once.first_mib


def last_mib(once: Once) -> float:
    return once.peak_mib


def idle_mib(once: Once) -> float:
    return once.idle_mib


def own_mib(once: Once) -> float:
    """Return what the first rollup took beyond the interpreter and the libraries."""
    return once.first_mib - once.idle_mib


def run_in_turns(
    workers_by_size: Mapping[int, Sequence[str]], effort: Effort, *, turns: int
) -> list[Runs]:
    """Make hours of these sizes, and let their workers roll each of them up once a turn.

    Sizes take turns too, so that growth is measured within a turn.

    Raises:
        RuntimeError: the workers don't compute the same figures.
    """
    with ExitStack() as stack:
        hours = [
            (Runs(size, {worker: [] for worker in workers}), _make_hour(size, stack, effort))
            for size, workers in workers_by_size.items()
        ]
        for runs, folder in hours:
            effort.say(f"comparing what is computed of {runs.n_events:,} events")
            check_alike([run_once(worker, folder, 1).summary for worker in runs.by_worker])
        for turn in range(turns):
            for runs, folder in hours:
                for worker, done in runs.by_worker.items():
                    effort.say(f"{runs.n_events:,} events, {worker}, turn {turn + 1} of {turns}")
                    done.append(run_once(worker, folder, ROUNDS))
        return [runs for runs, _ in hours]


def _make_hour(n_events: int, stack: ExitStack, effort: Effort) -> str:
    effort.say(f"making an hour of {n_events:,} events")
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="eventstream-hour-"))
    make_hour(Path(folder), n_events)
    return folder


def run_once(worker: str, folder: str, rounds: int) -> Once:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.rollup_once", worker, folder, str(rounds)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Once(**json.loads(done.stdout))


def check_alike(summaries: Sequence[Summary]) -> None:
    """Compare what was computed; an empty summary computed nothing.

    Raises:
        RuntimeError: not all are alike.
    """
    ours, *others = filter(None, summaries)
    for other in others:
        if not _is_alike(ours, other):
            raise RuntimeError(f"not the same figures:\n{ours}\n{other}")


def _is_alike(one: object, other: object) -> bool:
    match one, other:
        case dict(), dict():
            return one.keys() == other.keys() and all(_is_alike(one[k], other[k]) for k in one)
        case list(), list():
            return len(one) == len(other) and all(map(_is_alike, one, other))
        case float(), float():
            return math.isclose(one, other, rel_tol=TOLERANCE)
        case _:
            return one == other
