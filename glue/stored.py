"""Attribution's tables in PostgreSQL as DataFrames, read by the executors in slices of time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, LiteralString

from pyspark.sql import DataFrame, SparkSession

from chalicelib.model import instant
from chalicelib.model.attribution_report import Model
from chalicelib.postgres.conninfo import Conninfo
from chalicelib.postgres.link import Link
from glue import weights

SETTINGS: dict[str, str | int] = {"default_transaction_read_only": "on", "jit": "off"}
FETCHED = 10_000

_PLACE = "stream string, shard_id string, sequence string"
SCHEMAS = {
    "users": "user_id string, first_seen_ms long",
    "raw_clicks": f"user_id string, click_id string, clicked_ms long, ingested_ms long, {_PLACE},"
    " source string, campaign string, page string",
    "raw_checkouts": "user_id string, checkout_id string, checked_out_ms long, ingested_ms long,"
    f" {_PLACE}, source string, micros long, currency string",
    "attributed_checkouts": "user_id string, checkout_id string, checked_out_ms long,"
    " click_id string, clicked_ms long",
    "attribution_credits": "user_id string, checkout_id string, checked_out_ms long,"
    " currency string, click_id string, clicked_ms long, source string, campaign string,"
    " credit_nanos long, revenue_micros long",
}
# Instants as epoch milliseconds, exactly.
_QUERIES: dict[str, LiteralString] = {
    "users": """
SELECT user_id, (extract(epoch FROM first_seen_at) * 1000)::bigint FROM users
WHERE abs(hashtext(user_id)::bigint) %% %(n_slices)s = %(slice)s""",
    "raw_clicks": """
SELECT
  user_id, click_id, (extract(epoch FROM clicked_at) * 1000)::bigint,
  (extract(epoch FROM ingested_at) * 1000)::bigint, stream, shard_id, sequence,
  source, campaign, page
FROM raw_clicks
WHERE clicked_at >= %(from_at)s::timestamptz AND clicked_at < %(to_at)s::timestamptz""",
    "raw_checkouts": """
SELECT
  user_id, checkout_id, (extract(epoch FROM checked_out_at) * 1000)::bigint,
  (extract(epoch FROM ingested_at) * 1000)::bigint, stream, shard_id, sequence,
  source, (amount * 1000000)::bigint, currency
FROM raw_checkouts
WHERE checked_out_at >= %(from_at)s::timestamptz AND checked_out_at < %(to_at)s::timestamptz""",
    "attributed_checkouts": """
SELECT
  user_id, checkout_id, (extract(epoch FROM checked_out_at) * 1000)::bigint,
  click_id, (extract(epoch FROM clicked_at) * 1000)::bigint
FROM attributed_checkouts
WHERE checked_out_at >= %(from_at)s::timestamptz AND checked_out_at < %(to_at)s::timestamptz""",
    "attribution_credits": """
SELECT
  user_id, checkout_id, (extract(epoch FROM checked_out_at) * 1000)::bigint, currency,
  click_id, (extract(epoch FROM clicked_at) * 1000)::bigint, source, campaign,
  credit_nanos, revenue_micros
FROM attribution_credits(
  %(model)s::attribution_model, %(from_at)s::timestamptz, %(to_at)s::timestamptz,
  %(half_life_ms)s * interval '1 millisecond'
)""",
}
_WINDOW = """
SELECT
  floor(extract(epoch FROM window_length) * 1000)::bigint,
  extract(year FROM window_length) = 0 AND extract(month FROM window_length) = 0
FROM attribution_settings"""


class NotComparable(Exception):
    """The database computes with something else than this job would."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database holds; `conninfo` is asked in each process that connects."""

    spark: SparkSession
    conninfo: Callable[[], Conninfo]

    def window_ms(self) -> int:
        """Return the window that all writers and models use.

        Raises:
            NotComparable: it has months, which are of no fixed length.
        """
        [(window_ms, is_fixed)] = _fetch(self.conninfo, _WINDOW, {})
        if not is_fixed:
            raise NotComparable("window_length has months, which have no fixed length")
        return int(window_ms)

    def check_weights(self, window_ms: int, half_life_ms: int) -> None:
        """Make sure that the weight of every possible age is the same here and there.

        Raises:
            NotComparable: their libraries round `exp` differently.
        """
        asked = {"block": weights.BLOCK, "window_ms": window_ms, "half_life_ms": half_life_ms}
        found = [str(digest) for _, digest in _fetch(self.conninfo, weights.DIGESTS, asked)]
        if found != list(weights.digests(window_ms, half_life_ms)):
            raise NotComparable("PostgreSQL's exp and Python's differ in the last bit here")

    def table(self, name: str, first_ms: int, end_ms: int, n_slices: int) -> DataFrame:
        """Read the rows of a table whose time is in a range; of users, all."""
        return self._frame(name, first_ms, end_ms, n_slices)

    def credits(self, model: Model, half_life_ms: int, first_ms: int, end_ms: int,
                n_slices: int) -> DataFrame:  # fmt: skip
        asked = {"model": str(model), "half_life_ms": half_life_ms}
        return self._frame("attribution_credits", first_ms, end_ms, n_slices, asked)

    def _frame(
        self,
        name: str,
        first_ms: int,
        end_ms: int,
        n_slices: int,
        asked: dict[str, object] | None = None,
    ) -> DataFrame:
        slices = [
            {**(asked or {}), "slice": n, "n_slices": n_slices,
             "from_at": _edge(first_ms, end_ms, n, n_slices),
             "to_at": _edge(first_ms, end_ms, n + 1, n_slices)}
            for n in range(n_slices)
        ]  # fmt: skip
        read = partial(_fetch, self.conninfo, _QUERIES[name])
        rows = self.spark.sparkContext.parallelize(slices, n_slices).flatMap(read)
        return self.spark.createDataFrame(rows, SCHEMAS[name])


def _edge(first_ms: int, end_ms: int, n: int, n_slices: int) -> str:
    return instant.to_text(first_ms + (end_ms - first_ms) * n // n_slices)


def _fetch(
    conninfo: Callable[[], Conninfo], query: LiteralString, asked: dict[str, Any]
) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a query, which the server keeps until they are fetched."""
    link = Link(conninfo, settings=SETTINGS)
    try:
        with (
            link.use() as connection,
            connection.transaction(),
            connection.cursor(name="rows") as cursor,
        ):
            cursor.itersize = FETCHED
            yield from cursor.execute(query, asked)
    finally:
        link.close()
