"""The rollup of one hour, compared with DuckDB computing the same figures from the same files."""

from __future__ import annotations

from benchmarks.curve import Curve
from benchmarks.effort import Effort
from benchmarks.rollup_runs import (
    FLOOR,
    MILLION,
    OURS,
    PEER,
    ROUNDS,
    VIEW_PEER,
    Cost,
    Runs,
    first_mib,
    first_s,
    idle_mib,
    last_mib,
    own_mib,
    run_in_turns,
    warm_s,
)
from benchmarks.row import BYTES, MIB, MICROS, SECONDS, Other, Row, Scale, measured

SIZES = (10_000, 30_000, 100_000, 300_000, MILLION, 3 * MILLION)
MAX_TIMES_DUCKDB = 0.9
MAX_TIMES_DUCKDBS_MEMORY = 1.5
# Sorting alone takes 1.17 times as long per row among ten million as among one.
LINEAR = 1.3
# Of 10 M events; the function has 3,008, and boto3 takes some 60 of them.
MAX_MIB = 2_048

FLOOR_NAME = "pyarrow reads the same columns"
PEER_NAME = "DuckDB, the quickest form found"
VIEW_PEER_NAME = "DuckDB, repeats removed as events_unique does"


def measure(effort: Effort) -> list[Row]:
    n_large, turns = (10 * MILLION, 3) if effort.full else (3 * MILLION, 5)
    workers_by_size = {MILLION: (OURS, FLOOR, PEER, VIEW_PEER), n_large: (OURS, FLOOR, PEER)}
    small, large = run_in_turns(workers_by_size, effort, turns=turns)
    return [
        _warm(small, _against(small, VIEW_PEER, VIEW_PEER_NAME)),
        _first(small),
        _peak(f"{small.name}, peak memory of the process", small, first_mib),
        _peak(f"{small.name}, peak memory after {ROUNDS} rollups", small, last_mib),
        _warm(large),
        _first(large),
        _peak(
            f"{large.name}, peak memory after {ROUNDS} rollups",
            large,
            last_mib,
            at_most=MAX_MIB if effort.full else None,
        ),
        *_growth(small, large),
    ]


def growth(effort: Effort) -> list[Curve]:
    sizes = [*SIZES, 10 * MILLION] if effort.full else SIZES
    labels = {OURS: "rollup", FLOOR: "floor: pyarrow reads the columns", PEER: "DuckDB"}
    sized = [
        runs for size in sizes for runs in run_in_turns({size: tuple(labels)}, effort, turns=1)
    ]
    return [
        Curve(
            name="rollup",
            title="Rollup: cost of an event over the size of its hour",
            x="events in an hour",
            y="µs per event",
            lines={
                label: [(r.n_events, r.costs_per_event(who, warm_s)[0] * 1e6) for r in sized]
                for who, label in labels.items()
            },
        ),
        Curve(
            name="rollup-memory",
            title="Rollup: peak memory of its process",
            x="events in an hour",
            y="MiB",
            lines={
                label: [(r.n_events, r.costs(who, last_mib)[0]) for r in sized]
                for who, label in labels.items()
            },
        ),
    ]


def _warm(runs: Runs, *others: Other) -> Row:
    return measured(
        runs.name,
        runs.costs(OURS, warm_s),
        SECONDS,
        Other(kind="floor", name=FLOOR_NAME, costs=runs.costs(FLOOR, warm_s)),
        Other(
            kind="peer",
            name=PEER_NAME,
            costs=runs.costs(PEER, warm_s),
            at_most=MAX_TIMES_DUCKDB,
        ),
        *others,
    )


def _against(runs: Runs, peer: str, name: str) -> Other:
    return Other(kind="peer", name=name, costs=runs.costs(peer, warm_s))


def _first(runs: Runs) -> Row:
    return measured(
        f"{runs.name}, the first of a process",
        runs.costs(OURS, first_s),
        SECONDS,
        Other(kind="peer", name=PEER_NAME, costs=runs.costs(PEER, first_s)),
    )


def _peak(name: str, runs: Runs, peak: Cost, at_most: float | None = None) -> Row:
    return measured(
        name,
        runs.costs(OURS, peak),
        MIB,
        Other(kind="floor", name="before it reads anything", costs=runs.costs(OURS, idle_mib)),
        Other(
            kind="peer",
            name=PEER_NAME,
            costs=runs.costs(PEER, peak),
            at_most=MAX_TIMES_DUCKDBS_MEMORY,
        ),
        at_most=at_most,
    )


def _growth(small: Runs, large: Runs) -> list[Row]:
    """Compare what an event costs in a large hour with what it costs in a small one."""

    def grown(what: str, worker: str, cost: Cost, scale: Scale, at_most: float | None) -> Row:
        return measured(
            f"{what} per event, {large.millions} events",
            large.costs_per_event(worker, cost),
            scale,
            Other(
                kind="growth",
                name=f"{small.millions} events",
                costs=small.costs_per_event(worker, cost),
                at_most=at_most,
            ),
        )

    return [
        grown("rollup, time", OURS, warm_s, MICROS, LINEAR),
        grown("DuckDB, time", PEER, warm_s, MICROS, None),
        grown("rollup, memory", OURS, own_mib, BYTES, LINEAR),
        grown("DuckDB, memory", PEER, own_mib, BYTES, None),
    ]
