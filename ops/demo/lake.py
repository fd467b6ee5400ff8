"""Query the lake in SQL, as Athena would, over a copy of its files."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from chalicelib.aws.objects import S3Objects
from chalicelib.lake.keys import PREFIX
from chalicelib.model.hour import Hour
from ops.athena import QUERIES, LocalLake, copy_lake, statements
from ops.local.cloud import Cloud

SEED_QUERY = "events_by_type"


@dataclass(frozen=True, slots=True)
class QueryAnswer:
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]


@dataclass(frozen=True, slots=True)
class LakeHoldings:
    files: int
    rows: int
    unique_events: int
    query: QueryAnswer


def lake_files(cloud: Cloud) -> Sequence[str]:
    """List the keys of the lake's files."""
    return S3Objects(cloud.client("s3"), cloud.names.lake_bucket).keys(PREFIX)


def read_lake(cloud: Cloud, hour: Hour) -> LakeHoldings:
    """Count the lake's rows and events, and run the seed query for the hour's day."""
    with tempfile.TemporaryDirectory() as folder:
        n_files = copy_lake(cloud.client("s3"), cloud.names.lake_bucket, Path(folder))
        lake = LocalLake.open(Path(folder))
        return LakeHoldings(
            files=n_files,
            rows=_count(lake, "events"),
            unique_events=_count(lake, "events_unique"),
            query=_seed_query(lake, hour),
        )


def _count(lake: LocalLake, table: str) -> int:
    [[count]] = lake.ask_sql(f"SELECT COUNT(*) FROM eventstream.{table}").rows  # noqa: S608  two names of ours
    return int(str(count))


def _seed_query(lake: LocalLake, hour: Hour) -> QueryAnswer:
    statement = statements(QUERIES)[SEED_QUERY]
    year, month, day = hour.text[:10].split("-")
    answer = lake.ask(statement, year, month, day)
    return QueryAnswer(f"{statement.name} on {year}-{month}-{day}", answer.columns, answer.rows)
