"""The rollup of one hour, beside DuckDB computing the same figures from the same files.

Each measurement is a process of its own, and the works compared take turns, process by process.
"""

from __future__ import annotations

import json
import math
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.curve import Curve
from benchmarks.effort import Effort
from benchmarks.hours import make_hour
from benchmarks.report import Row
from benchmarks.rollup_once import WORKERS, Once, Summary

ROOT = Path(__file__).parents[1]
MILLION = 1_000_000
SIZES = (10_000, 30_000, 100_000, 300_000, MILLION, 3 * MILLION)
TURNS = 3
ROUNDS = 4
MAX_MIB = 400
# As .chalice/config.json gives it.
FUNCTION_MIB = 3_008
# Sorting alone takes 1.17 times as long per row among ten million as among one.
LINEAR = 1.3
# Both interpolate percentiles alike, but not in the same order of operations.
TOLERANCE = 1e-12

OURS, FLOOR, PEER, VIEW_PEER = WORKERS
FLOOR_NAME = "pyarrow reads the same columns"
PEER_NAME = "DuckDB, the quickest form found"
VIEW_PEER_NAME = "DuckDB, repeats removed as events_unique does"


@dataclass(frozen=True, slots=True)
class Runs:
    """What each process took that rolled up one hour of this size, by who did it."""

    n_events: int
    by_who: dict[str, list[Once]] = field(default_factory=dict)

    def warm_s(self, who: str) -> float:
        """Return the median of all rollups but the first of each process."""
        return statistics.median(s for once in self.by_who[who] for s in once.seconds[1:])

    def middle(self, who: str, figure: Callable[[Once], float]) -> float:
        return statistics.median(map(figure, self.by_who[who]))

    @property
    def millions(self) -> float:
        return self.n_events / MILLION

    @property
    def name(self) -> str:
        return f"rollup, {self.millions:g} M events"


def measure(effort: Effort) -> list[Row]:
    small = compare(MILLION, effort)
    n_large, turns = (10 * MILLION, 1) if effort.full else (3 * MILLION, 2)
    large = compare(n_large, effort, turns=turns)
    grown = _growth(small, large)
    return [*_times(small), *_memory(small), *_times(large), _large_memory(large), *grown]


def growth(effort: Effort) -> list[Curve]:
    sizes = [*SIZES, 10 * MILLION] if effort.full else SIZES
    whom = {OURS: "rollup", FLOOR: "floor: pyarrow reads the columns", PEER: "DuckDB"}
    sized = [compare(size, effort, turns=1, whom=whom) for size in sizes]
    return [
        Curve(
            name="rollup",
            title="Rollup: cost of an event over the size of its hour",
            x="events in an hour",
            y="µs per event",
            lines={
                label: [(runs.n_events, runs.warm_s(who) / runs.millions) for runs in sized]
                for who, label in whom.items()
            },
        ),
        Curve(
            name="rollup-memory",
            title="Rollup: peak memory of its process",
            x="events in an hour",
            y="MiB",
            lines={
                label: [(runs.n_events, runs.middle(who, _last_mib)) for runs in sized]
                for who, label in whom.items()
            },
        ),
    ]


def compare(
    n_events: int, effort: Effort, *, turns: int = TURNS, whom: Collection[str] = tuple(WORKERS)
) -> Runs:
    """Make an hour, see that all come to the same figures of it, and only then measure.

    Raises:
        RuntimeError: they don't.
    """
    runs = Runs(n_events)
    with tempfile.TemporaryDirectory(prefix="eventstream-hour-") as folder:
        effort.say(f"making an hour of {n_events:,} events")
        make_hour(Path(folder), n_events)
        effort.say("comparing what is computed")
        check_alike([run_once(who, folder, 1).summary for who in whom])
        for turn in range(turns):
            for who in whom:
                effort.say(f"{n_events:,} events, {who}, process {turn + 1} of {turns}")
                runs.by_who.setdefault(who, []).append(run_once(who, folder, ROUNDS))
    return runs


def run_once(who: str, folder: str, rounds: int) -> Once:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.rollup_once", who, folder, str(rounds)],
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


def _times(runs: Runs) -> list[Row]:
    ours_s = runs.warm_s(OURS)
    return [
        Row(
            name=runs.name,
            figure=ours_s,
            unit="s",
            floor=runs.warm_s(FLOOR),
            floor_name=FLOOR_NAME,
            peer=runs.warm_s(PEER),
            peer_name=PEER_NAME,
            max_peer_ratio=1,
        ),
        Row(
            name=f"{runs.name}, beside SQL as one writes it",
            figure=ours_s,
            unit="s",
            peer=runs.warm_s(VIEW_PEER),
            peer_name=VIEW_PEER_NAME,
        ),
        Row(
            name=f"{runs.name}, the first of a process",
            figure=runs.middle(OURS, _first_s),
            unit="s",
            peer=runs.middle(PEER, _first_s),
            peer_name=PEER_NAME,
        ),
    ]


def _memory(runs: Runs) -> list[Row]:
    return [
        _peak(f"{runs.name}, peak memory of the process", runs, _first_mib, at_most=MAX_MIB),
        _peak(f"{runs.name}, peak memory after {ROUNDS} rollups", runs, _last_mib),
    ]


def _large_memory(runs: Runs) -> Row:
    name = f"{runs.name}, peak memory after {ROUNDS} rollups"
    return _peak(name, runs, _last_mib, at_most=FUNCTION_MIB)


def _peak(
    name: str, runs: Runs, figure: Callable[[Once], float], at_most: float | None = None
) -> Row:
    return Row(
        name=name,
        figure=runs.middle(OURS, figure),
        unit="MiB",
        floor=runs.middle(OURS, _idle_mib),
        floor_name="before it reads anything",
        peer=runs.middle(PEER, figure),
        peer_name=PEER_NAME,
        at_most=at_most,
    )


def _growth(small: Runs, large: Runs) -> list[Row]:
    """Say how much more a million events cost in a large hour than in a small one."""
    span = f"from {small.millions:g} M to {large.millions:g} M events"

    def grown(cost: Callable[[Runs, str], float], who: str) -> float:
        return (cost(large, who) / large.millions) / (cost(small, who) / small.millions)

    return [
        Row(
            name=f"rollup, growth of {what} per event {span}",
            figure=grown(cost, OURS),
            unit="x",
            peer=grown(cost, PEER),
            peer_name=PEER_NAME,
            at_most=LINEAR,
        )
        for what, cost in {"time": Runs.warm_s, "memory": _own_mib}.items()
    ]


def _own_mib(runs: Runs, who: str) -> float:
    return runs.middle(who, lambda once: once.first_mib - once.idle_mib)


def _first_s(once: Once) -> float:
    return once.seconds[0]


def _first_mib(once: Once) -> float:
    return once.first_mib


def _last_mib(once: Once) -> float:
    return once.peak_mib


def _idle_mib(once: Once) -> float:
    return once.idle_mib
