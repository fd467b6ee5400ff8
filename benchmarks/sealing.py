"""Sealed hours compared with their small files: the sample queries, the rollup, sealing itself."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.effort import Effort
from benchmarks.hours import HOUR, make_hour
from benchmarks.rollup_ours import OurRollup
from benchmarks.row import MIB, SECONDS, Other, Row, measured
from benchmarks.sealing_once import seal
from benchmarks.stopwatch import CPU_CLOCK, take_turns
from chalicelib.lake import keys
from chalicelib.model.hour import Hour
from ops.athena import QUERIES, LocalLake, Statement, statements, translated

MILLION = 1_000_000
# A million events a month, and 12,000 files a day.
EVENTS_AN_HOUR, EVENTS_A_FILE = 1_389, 3
# A million in an hour are a file for each minute, of ten types and four shards.
EVENTS_A_MINUTE = 416
MAX_SHARE_OF_QUERIES = 1 / 20
MAX_SHARE_OF_ROLLUP = 1.0
MAX_MIB = 1_536
SMALL = "the same from small files"


def measure(effort: Effort) -> list[Row]:
    n_hours = 7 * 24 if effort.full else 6
    return [*_queries(effort, n_hours), *_large(effort)]


def _queries(effort: Effort, n_hours: int) -> Iterator[Row]:
    """Ask every sample query of hours of a small stage, before and after they are sealed."""
    first = Hour.parse(f"{HOUR.text[:11]}00")
    hours = first.until(first.plus(n_hours))
    with _folders() as (small, sealed):
        for hour in hours:
            effort.say(f"making {hour.text}")
            make_hour(small, EVENTS_AN_HOUR, EVENTS_A_FILE, hour)
            shutil.copytree(small / keys.prefix_of(hour), sealed / keys.prefix_of(hour))
            seal(sealed, hour)
        lakes = LocalLake.open(sealed), LocalLake.open(small)
        note = f"{n_hours} hours, {_n_files(small):,} files and then {_n_files(sealed):,}"
        total, total_small = 0.0, 0.0
        for name, query in statements(QUERIES).items():
            effort.say(f"asking {name}")
            # Translated beforehand, since Athena doesn't.
            sql, arguments = translated(query.sql), _arguments(query, hours)
            asked = [partial(_ask, lake, sql, arguments) for lake in lakes]
            ours, others = take_turns(*asked, turns=1, clock=CPU_CLOCK)
            total, total_small = total + ours[0], total_small + others[0]
            yield _compared(f"query {name}, sealed", ours, others, at_most=None)
        yield _compared("all sample queries, sealed", [total], [total_small], note=note)


def _ask(lake: LocalLake, sql: str, arguments: Sequence[str]) -> object:
    return lake.connection.execute(sql, arguments).fetchall()


def _compared(
    name: str,
    ours: Sequence[float],
    small: Sequence[float],
    at_most: float | None = MAX_SHARE_OF_QUERIES,
    note: str = "",
) -> Row:
    other = Other(kind="peer", name=SMALL, costs=small, at_most=at_most)
    return measured(name, ours, SECONDS, other, note=note)


def _arguments(query: Statement, hours: Sequence[Hour]) -> list[str]:
    year, month, day = hours[0].text[:10].split("-")
    known = {
        "year": year,
        "month": month,
        "day": day,
        "user_id": "usr_00000001",
        "first_year": year,
        "last_year": year,
        "first_day": hours[0].text[:10],
        "last_day": hours[-1].text[:10],
        "days_later": "1",
        "experiment_id": "exp_1",
        "event_type": "purchase",
    }
    return [known[name] for name in query.parameters]


def _large(effort: Effort) -> Iterator[Row]:
    """Seal an hour of a million events, and roll it up before and after."""
    with _folders() as (small, sealed):
        effort.say("making an hour of a million events")
        make_hour(small, MILLION, EVENTS_A_MINUTE)
        shutil.copytree(small, sealed, dirs_exist_ok=True)
        effort.say("sealing it")
        once = _in_a_process(sealed)
        size = f"{once['bytes'] / MILLION:.0f} bytes a row"
        floor = Other(kind="floor", name="pyarrow reads the small files", costs=[_read_s(small)])
        yield measured("sealing 1 M events, CPU", [once["cpu_s"]], SECONDS, floor, note=size)
        peak = [once["peak_mib"]]
        yield measured("sealing 1 M events, peak memory", peak, MIB, at_most=MAX_MIB)
        effort.say("rolling it up")
        works = OurRollup(sealed), OurRollup(small)
        ours, before = take_turns(*works, turns=3, clock=CPU_CLOCK)
        yield _compared("rollup of 1 M events, sealed", ours, before, MAX_SHARE_OF_ROLLUP)


def _in_a_process(folder: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.sealing_once", str(folder), HOUR.text]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(ran.stdout)
    return found


def _read_s(folder: Path) -> float:
    start = time.process_time()
    for path in folder.rglob(f"*{keys.SUFFIX}"):
        pq.ParquetFile(path).read()
    return time.process_time() - start


@contextmanager
def _folders() -> Iterator[tuple[Path, Path]]:
    with tempfile.TemporaryDirectory() as folder:
        small, sealed = Path(folder, "small"), Path(folder, "sealed")
        small.mkdir()
        sealed.mkdir()
        yield small, sealed


def _n_files(folder: Path) -> int:
    return sum(1 for _ in folder.rglob(f"*{keys.SUFFIX}"))
