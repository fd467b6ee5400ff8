"""One hour's rollup in DuckDB, from the same files and by the same rules."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import duckdb

from benchmarks.rollup_once import Summary
from chalicelib.model.currency import NO_CURRENCY
from chalicelib.model.rollup import ALL_TYPES

# As many as the machine that all figures are from has cores; all else is as DuckDB comes.
THREADS = 2

_COLUMNS = "event_type, user_id, latency_ms, amount, currency, is_error"
_FIRST = """row_number() OVER (
    PARTITION BY user_id, event_id
    ORDER BY ingested_at, kinesis_stream, kinesis_shard_id, kinesis_sequence_number
  ) = 1 AS is_first"""

# Casting rounds half to even, as the rollup does.
_BY_TYPE = f"""
SELECT
  coalesce(event_type, '{ALL_TYPES}'),
  count(*),
  count(*) FILTER (is_first),
  count(DISTINCT user_id) FILTER (is_first),
  count(*) FILTER (is_first AND is_error),
  count(latency_ms) FILTER (is_first),
  sum(CAST(latency_ms * 1e6 AS BIGINT)) FILTER (is_first),
  min(latency_ms) FILTER (is_first),
  max(latency_ms) FILTER (is_first),
  quantile_cont(latency_ms, [0.5, 0.9, 0.95, 0.99]) FILTER (is_first)
FROM marked
GROUP BY GROUPING SETS ((event_type), ())
"""  # noqa: S608  a constant of ours
_BY_CURRENCY = f"""
SELECT
  coalesce(event_type, '{ALL_TYPES}'),
  coalesce(currency, '{NO_CURRENCY}'),
  count(amount),
  sum(CAST(amount * 1e6 AS BIGINT))
FROM marked
WHERE is_first AND amount IS NOT NULL
GROUP BY GROUPING SETS ((event_type, currency), (currency))
"""  # noqa: S608  a constant of ours


class _Rollup:
    marked: ClassVar[str]

    def __init__(self, folder: Path) -> None:
        self.connection = duckdb.connect()
        self.connection.execute(f"SET threads = {THREADS}")
        self.connection.execute("SET TimeZone = 'UTC'")
        files = f"read_parquet('{folder}/**/*.parquet', hive_partitioning = FALSE)"
        self.connection.execute(f"CREATE VIEW lake AS FROM {files}")

    def __call__(self) -> Summary:
        ask = self.connection.execute
        ask(f"CREATE OR REPLACE TEMP TABLE marked AS {self.marked}")
        amounts: dict[str, dict[str, list[int]]] = {}
        for name, currency, *sums in ask(_BY_CURRENCY).fetchall():
            amounts.setdefault(name, {})[currency] = sums
        return {
            name: {
                "found": found,
                "events": events,
                "users": users,
                "errors": errors,
                "latency": [*latency, *quantiles] if quantiles else None,
                "amounts": amounts.get(name, {}),
            }
            for name, found, events, users, errors, *latency, quantiles in ask(_BY_TYPE).fetchall()
        }


class PlainRollup(_Rollup):
    """As the view `events_unique` has it: every row is ordered among its like."""

    marked = f"SELECT {_COLUMNS}, {_FIRST} FROM lake"  # noqa: S608  constants of ours


class TunedRollup(_Rollup):
    """Rows are ordered only where there are repeats: the quickest of the forms tried."""

    marked = f"""
      WITH repeated AS (SELECT user_id, event_id FROM lake GROUP BY ALL HAVING count(*) > 1)
      SELECT {_COLUMNS}, TRUE AS is_first FROM lake ANTI JOIN repeated USING (user_id, event_id)
      UNION ALL
      SELECT {_COLUMNS}, {_FIRST} FROM lake SEMI JOIN repeated USING (user_id, event_id)
    """  # noqa: S608  constants of ours
