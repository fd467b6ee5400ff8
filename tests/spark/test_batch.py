"""The batch job over lake files that the transform and sealing stages wrote."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from chalicelib.model.attribution_report import Model
from glue.batch import AttributeRange
from glue.database import Database as Address
from glue.lake import Range, records_of
from glue.request import Request, Target
from ops.athena import LocalLake
from tests.builders import NOON_MS
from tests.postgres import Database
from tests.spark.worlds import Lake, make_worlds
from tests.unit.postgres.oracle import WINDOW_MS, Sent, tables_of
from tests.unit.postgres.world import Writer, make_checkout, make_click, stored

DAY_MS = 24 * WINDOW_MS
MIDNIGHT_MS = NOON_MS - 12 * WINDOW_MS
TABLES = ("users", "raw_clicks", "raw_checkouts", "attributed_checkouts")
# The earlier record of a user's click, in another hour and in another file.
MOVED = [
    make_click(user="moved", id="m1", at=NOON_MS - 10, ingested=NOON_MS + 9, sequence=9_001),
    make_click(
        user="moved", id="m1", at=NOON_MS - 5 * WINDOW_MS, ingested=NOON_MS, sequence=9_002
    ),
    make_checkout(user="moved", id="mo", at=NOON_MS, sequence=9_003),
]


def attribute(spark: SparkSession, show: Callable[[str], None] = print) -> AttributeRange:
    numbers = count(1)
    return AttributeRange(spark, lambda: f"20261126T0000{next(numbers):02d}Z", show)


def make_request(lake: str, database: Database | None = None, **changes: Any) -> Request:
    request = Request(
        stage="test",
        target=Target.POSTGRES,
        from_ms=MIDNIGHT_MS,
        to_ms=MIDNIGHT_MS + DAY_MS,
        lake=lake,
        output="",
        database=None if database is None else Address("us-east-1", database.url),
    )
    return replace(request, **changes)


def versions(database: Database) -> list[tuple[object, ...]]:
    """Where each row is, which any update changes."""
    return [
        row
        for table in TABLES
        for row in database.rows(f"SELECT ctid::text, xmin::text FROM {table}")  # noqa: S608
    ]


@pytest.fixture(scope="module")
def sent() -> list[Sent]:
    return [*make_worlds(12), *MOVED]


@pytest.fixture(scope="module")
def lake(sent: list[Sent], tmp_path_factory: pytest.TempPathFactory) -> str:
    """Files of which two hours are sealed, one of them with small files on top."""
    bucket = Lake()
    late = [one for one in sent if one.sequence % 1_000 > 50]
    keys = bucket.archive([one for one in sent if one not in late])
    first, second, *_ = sorted({key.hour for key in keys})
    bucket.seal(first, second)
    bucket.archive(late)
    bucket.seal(first)
    # Transformed again after its hour was sealed: its rows are there twice.
    bucket.transform(next(key for key in keys if key.hour == second))
    assert len([name for name in bucket.files.bodies if name.endswith("/sealed.parquet")]) == 2
    return bucket.save(tmp_path_factory.mktemp("lake"))


def test_the_lake_gives_the_tables_of_the_streams_and_a_rerun_changes_nothing(
    spark: SparkSession, database: Database, lake: str, sent: list[Sent]
) -> None:
    report = attribute(spark)(make_request(lake, database))

    assert stored(database) == tables_of(sent)
    assert report.figures["records"] >= len(sent)

    before = versions(database)
    again = attribute(spark)(make_request(lake, database))

    assert versions(database) == before
    assert (again.figures["attributed"], again.figures["restated"]) == (0, 0)


def test_it_may_run_while_the_functions_do(
    spark: SparkSession, database: Database, lake: str, sent: list[Sent]
) -> None:
    """Some records are there before, and some repeats arrive afterwards."""
    writer = Writer(database)
    ordered = sorted(sent, key=lambda one: one.sequence)
    for one in ordered[::3]:
        writer.attribute([one])
    checkpoints = database.rows("SELECT * FROM shard_checkpoints ORDER BY shard")

    attribute(spark)(make_request(lake, database))

    assert database.rows("SELECT * FROM shard_checkpoints ORDER BY shard") == checkpoints
    late = make_click(user="moved", id="late", at=NOON_MS - 20, sequence=10**9)
    writer.attribute([late])
    writer.close()
    assert stored(database) == tables_of([*sent, late])


def test_what_postgresql_cannot_store_is_quarantined_and_loses_to_nothing(
    spark: SparkSession, database: Database, tmp_path: Path
) -> None:
    # Ingested first, the record with a NUL would win if it could be stored.
    unstorable = make_click(campaign="a\0b", ingested=NOON_MS - 1, sequence=7)
    fields = {"user": "nul\0", "id": "o2", "sequence": 8}
    kept = make_click(campaign="a", sequence=9)
    sent = [kept, make_checkout(sequence=10, amount=-0.125)]
    bucket = Lake()
    bucket.archive([unstorable, make_checkout(**fields), *sent])

    report = attribute(spark)(make_request(bucket.save(tmp_path), database))

    assert stored(database) == tables_of(sent)
    assert report.figures["unstorable"] == 2
    assert database.rows(
        "SELECT sequence::numeric::int, code, field FROM quarantined_records ORDER BY 1"
    ) == [(7, "nul_character", "campaign"), (8, "nul_character", "user_id")]


def read(spark: SparkSession, lake: str, from_ms: int, to_ms: int) -> tuple[set[str], set[str]]:
    records = records_of(spark, lake, Range(from_ms, to_ms, WINDOW_MS))
    clicks = {row["click_id"] for row in records.clicks.select("click_id").collect()}
    checkouts = records.checkouts.select("checkout_id").collect()
    return clicks, {row["checkout_id"] for row in checkouts}


def test_a_range_has_its_checkouts_and_the_clicks_of_one_window_more(
    spark: SparkSession, tmp_path: Path
) -> None:
    start, end = NOON_MS, NOON_MS + 2 * WINDOW_MS
    times = {
        "before": start - WINDOW_MS - 1,
        "window": start - WINDOW_MS,
        "first": start,
        "last": end - 1,
        "end": end,
    }
    sent = [
        make(user=name, id=name, at=at, ingested=at, sequence=number)
        for number, (name, at) in enumerate(times.items(), 1)
        for make in (make_click, make_checkout)
    ]
    # Of these two records of one click the one in the range was ingested later.
    sent += [
        make_click(user="r", id="repeat", at=start + 5, ingested=end, sequence=11),
        make_click(user="r", id="repeat", at=start - 3 * WINDOW_MS, ingested=start, sequence=12),
    ]
    bucket = Lake()
    bucket.archive(sent)
    lake = bucket.save(tmp_path)

    assert read(spark, lake, start, end) == ({"window", "first", "last"}, {"first", "last"})
    assert read(spark, lake, start + 400 * DAY_MS, end + 400 * DAY_MS) == (set(), set())


def test_a_small_file_replaces_its_sealed_rows_even_if_it_has_none(
    spark: SparkSession, tmp_path: Path
) -> None:
    bucket = Lake()
    gone, stays = make_click(id="gone", sequence=1), make_click(id="stays", user="u2", sequence=2)
    [key, *_] = bucket.archive([gone])
    bucket.archive([stays])
    bucket.seal(key.hour)
    bucket.rewrite(key, [])
    bucket.transform(key)

    clicks, _ = read(spark, bucket.save(tmp_path), NOON_MS, NOON_MS + WINDOW_MS)

    assert clicks == {"stays"}


def test_only_the_click_s_own_campaign_counts_and_only_as_it_is_written(
    spark: SparkSession, tmp_path: Path
) -> None:
    texts = ['"quoted" \\ "/', "Größe 🎉", "null", " space ", "\u2028"]
    sent = [make_click(id=f"k{n}", campaign=text, sequence=n) for n, text in enumerate(texts, 1)]
    bucket = Lake()
    bucket.archive([*sent, make_click(id="none", sequence=9)])
    lake = bucket.save(tmp_path)

    records = records_of(spark, lake, Range(NOON_MS, NOON_MS + 1, WINDOW_MS))

    found = {row["click_id"]: row["campaign"] for row in records.clicks.collect()}
    assert found == {**{one.id: one.campaign for one in sent}, "none": None}


def credits_in(folder: Path, columns: str) -> list[tuple[object, ...]]:
    """Read the credits through Athena's own view."""
    sql = f"SELECT {columns} FROM eventstream.attribution"  # noqa: S608
    return sorted(LocalLake.open(folder).ask_sql(sql).rows, key=repr)


def test_credits_are_written_to_the_lake_and_a_rerun_replaces_its_days(
    spark: SparkSession, tmp_path: Path
) -> None:
    bucket = Lake()
    tomorrow = NOON_MS + DAY_MS
    bucket.archive(
        [
            make_click(id="k1", at=NOON_MS - 10, campaign="a", sequence=1),
            make_click(id="k2", at=NOON_MS - 5, campaign="b", sequence=2),
            make_checkout(at=NOON_MS, amount=1.000001, sequence=3),
            make_checkout(user="u2", at=tomorrow, ingested=tomorrow, sequence=4),
        ]
    )
    lake = bucket.save(tmp_path)
    job = attribute(spark)
    request = make_request(
        lake,
        target=Target.LAKE,
        output=f"file://{tmp_path}/attribution/",
        to_ms=MIDNIGHT_MS + 2 * DAY_MS,
        model=Model.POSITION_BASED,
    )

    assert job(request).figures == {"rows": 3}

    half = 500_000_000
    columns = "day, user_id, checked_out_at, clicked_at, campaign, credit_nanos, revenue_micros"
    first_day = [
        ("2026-11-20", "u1", at(0), at(-10), "a", half, 500_000),
        ("2026-11-20", "u1", at(0), at(-5), "b", half, 500_001),
    ]
    assert credits_in(tmp_path, columns) == [
        *first_day,
        ("2026-11-21", "u2", at(DAY_MS), None, None, 1_000_000_000, None),
    ]

    # Its checkout is gone from the lake, and so from the credits once its day is attributed again.
    [gone] = tmp_path.glob("events/year=2026/month=11/day=21/hour=12/*.parquet")
    gone.unlink()
    assert job(request).figures == {"rows": 2}
    assert credits_in(tmp_path, columns) == first_day
    runs = {path.name for path in tmp_path.glob("attribution/model=*/day=*/run=*")}
    assert len(runs) == 2

    job(request)
    assert {path.name for path in tmp_path.glob("attribution/model=*/day=*/run=*")} == {
        "run=20261126T000002Z",
        "run=20261126T000003Z",
    }


def at(delta_ms: int) -> datetime:
    return datetime(1970, 1, 1) + timedelta(milliseconds=NOON_MS + delta_ms)  # noqa: DTZ001  as DuckDB has it
