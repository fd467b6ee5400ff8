"""`python -m tests.spark.agreement 100000`: functions, batch job and oracle on the same events.

In .venv-spark. Events are late, repeated, altered and out of order. Every table has to be equal,
and every model's credits in Spark to those in SQL.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from pyspark.sql import SparkSession

from chalicelib.model.attribution_report import Model
from glue.batch import AttributeRange, new_run_id
from glue.database import Database as Address
from glue.request import Request, Target
from tests.builders import NOON_MS
from tests.postgres import Database, serving
from tests.spark.conftest import SETTINGS
from tests.spark.traffic import by_shard, traffic
from tests.spark.worlds import Lake
from tests.unit.postgres.oracle import WINDOW_MS, Sent, Tables, tables_of
from tests.unit.postgres.world import Writer, stored

MAX_BATCH = 3_000
SEALED_SHARE = 0.5


def main(n_events: int) -> int:
    sent = traffic(n_events)
    expected = _expected(sent)
    print(f"{len(sent):,} records of {n_events:,} events")  # noqa: T201  a program
    with serving() as databases, tempfile.TemporaryDirectory() as folder:
        functions, batch = databases.make(), databases.make()
        _through_functions(functions, sent)
        request = _request(_lake(Path(folder), sent), batch)
        wrong = [*_wrong("functions", functions, expected)]
        attribute = AttributeRange(_spark(folder), new_run_id)
        start = time.perf_counter()
        print(attribute(request).line, f"{time.perf_counter() - start:.0f} s")  # noqa: T201
        wrong += _wrong("batch", batch, expected)
        for model in Model:
            asked = replace(
                request,
                target=Target.COMPARE,
                model=model,
                database=Address("us-east-1", functions.url),
            )
            if attribute(asked).figures["differences"]:
                wrong.append(f"{model} differs")
    print(*wrong or ["0 differences in all tables and models"], sep="\n")  # noqa: T201
    return 1 if wrong else 0


def _expected(sent: Sequence[Sent]) -> Tables:
    """Ask the oracle user by user, since it looks at every pair."""
    by_user: dict[str, list[Sent]] = {}
    for one in sent:
        by_user.setdefault(one.user, []).append(one)
    found: Tables = {}
    for own in by_user.values():
        for table, rows in tables_of(own).items():
            found.setdefault(table, []).extend(rows)
    return {table: sorted(rows, key=repr) for table, rows in found.items()}


def _through_functions(database: Database, sent: Sequence[Sent]) -> None:
    """Deliver the shards' records in turns and batches of any size."""
    chance = Random(2)
    writer = Writer(database)
    left = [list(own) for own in by_shard(sent)]
    while left:
        own = chance.choice(left)
        size = chance.randint(1, MAX_BATCH)
        assert not writer.attribute(own[:size]).failed_ids
        del own[:size]
        left = [own for own in left if own]
    writer.close()


def _lake(folder: Path, sent: Sequence[Sent]) -> str:
    """Write a lake whose first hours are sealed."""
    lake = Lake(records_an_object=1_000)
    hours = sorted({key.hour for key in lake.archive(sent)})
    lake.seal(*hours[: round(len(hours) * SEALED_SHARE)])
    return lake.save(folder)


def _request(lake: str, database: Database) -> Request:
    return Request(
        stage="test",
        target=Target.POSTGRES,
        from_ms=NOON_MS - 24 * WINDOW_MS,
        to_ms=NOON_MS + 24 * WINDOW_MS,
        lake=lake,
        output="",
        database=Address("us-east-1", database.url),
    )


def _wrong(who: str, database: Database, expected: Tables) -> Iterator[str]:
    for table, rows in stored(database).items():
        if rows != expected[table]:
            yield f"{who}: {table} differs in {len(set(rows) ^ set(expected[table])):,} rows"


def _spark(folder: str) -> SparkSession:
    builder = SparkSession.builder.master("local[2]").config("spark.local.dir", folder)
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    session: SparkSession = builder.getOrCreate()
    return session


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
