"""`python -m benchmarks.rollup_once WORKER FOLDER ROUNDS`: roll one hour up in this process alone.

A process of its own, because memory once taken is seldom given back. Prints one line of JSON.
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

# Of one event type, or of all: found, events, users, errors, latency and amounts.
type Summary = Mapping[str, Mapping[str, object]]
type Work = Callable[[], Summary]

# Imported by name, so that no process holds another one's libraries.
WORKERS = {
    "ours": ("benchmarks.rollup_ours", "OurRollup"),
    "floor": ("benchmarks.rollup_ours", "ReadOnly"),
    "duckdb": ("benchmarks.rollup_duckdb", "TunedRollup"),
    "duckdb-as-the-view": ("benchmarks.rollup_duckdb", "PlainRollup"),
    "with-partial": ("benchmarks.rollup_ours", "RollupWithPartial"),
    "merge": ("benchmarks.merge_ours", "OurMerge"),
    "merge-floor": ("benchmarks.merge_ours", "ReadOnly"),
}
_MIB = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """`idle_mib` is the process with its libraries loaded, before the first rollup.

    `first_mib` is its peak by the end of the first rollup, and `peak_mib` by the end of the last.
    """

    seconds: Sequence[float]
    idle_mib: float
    first_mib: float
    peak_mib: float
    summary: Summary


def main() -> None:
    worker, folder, rounds = sys.argv[1:]
    module, name = WORKERS[worker]
    work: Work = getattr(importlib.import_module(module), name)(Path(folder))
    print(json.dumps(asdict(run(work, int(rounds)))))


def run(work: Work, rounds: int) -> Once:
    idle_mib = peak_mib()
    seconds: list[float] = []
    peaks: list[float] = []
    summary: Summary = {}
    for _ in range(rounds):
        start = time.perf_counter()
        summary = work()
        seconds.append(time.perf_counter() - start)
        peaks.append(peak_mib())
    return Once(
        seconds=seconds,
        idle_mib=idle_mib,
        first_mib=peaks[0],
        peak_mib=peaks[-1],
        summary=summary,
    )


def peak_mib() -> float:
    """Return the most that has been in memory at once, the interpreter and libraries included.

    On Linux `ru_maxrss` would begin with the memory of the process that this one was forked from.
    """
    status = Path("/proc/self/status")
    if status.exists():
        [line] = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MIB


if __name__ == "__main__":
    main()
