"""Where PostgreSQL's tables differ from what the lake says they should hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import NamedTuple

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812  as everybody imports it

# Of each kind, so many are shown.
EXAMPLES = 3
MISSING, EXTRA, DIFFERENT = "missing", "extra", "different"
_MEANS = {
    MISSING: "in the lake, not in PostgreSQL",
    EXTRA: "in PostgreSQL, not in the lake",
    DIFFERENT: "in both, with other values",
}


class Example(NamedTuple):
    """`key` names the row; `ours` is what the lake gives, as JSON, and `theirs` PostgreSQL's."""

    key: str
    ours: str | None
    theirs: str | None


@dataclass(frozen=True, slots=True)
class Kind:
    """The differences of one kind in one table."""

    table: str
    kind: str
    count: int
    examples: Sequence[Example]


def differences(table: str, ours: DataFrame, theirs: DataFrame, key: Sequence[str]) -> DataFrame:
    """Return a row for each row that only one side has, or that has other values on either.

    A column in which both are null is equal.
    """
    left = ours.select(*key, _values(ours, key).alias("ours"))
    other = {name: f"their_{name}" for name in key}
    renamed = (F.col(name).alias(theirs_name) for name, theirs_name in other.items())
    right = theirs.select(*renamed, _values(theirs, key).alias("theirs"))
    # A key may have nulls: the credit of an unattributed checkout has no click.
    pairs = ((F.col(name), F.col(theirs_name)) for name, theirs_name in other.items())
    same = reduce(Column.__and__, (one.eqNullSafe(its) for one, its in pairs))
    joined = left.join(right, same, "full_outer")
    kind = (
        F.when(F.col("theirs").isNull(), MISSING)
        .when(F.col("ours").isNull(), EXTRA)
        .otherwise(DIFFERENT)
    )
    names = [
        F.concat(F.lit(f"{name} "), F.coalesce(name, theirs_name, F.lit("none")))
        for name, theirs_name in other.items()
    ]
    return joined.where(~F.col("ours").eqNullSafe(F.col("theirs"))).select(
        F.lit(table).alias("table"),
        kind.alias("kind"),
        F.concat_ws(", ", *names).alias("key"),
        "ours",
        "theirs",
    )


def unseen_users(records: DataFrame, users: DataFrame) -> DataFrame:
    """Compare when users were first seen, which may have been before the range.

    `records` have `user_id` and `at_ms`, repeats included.
    """
    ours = records.groupBy("user_id").agg(F.min("at_ms").alias("first_seen_ms"))
    found = users.select("user_id", F.col("first_seen_ms").alias("their_ms"))
    joined = ours.join(found, "user_id", "left")
    seen = F.when(F.col("their_ms").isNull(), F.col("first_seen_ms")).otherwise(
        F.least("first_seen_ms", "their_ms")
    )
    expected = joined.select("user_id", seen.alias("first_seen_ms"))
    theirs = joined.where("their_ms IS NOT NULL").selectExpr(
        "user_id", "their_ms AS first_seen_ms"
    )
    return differences("users", expected, theirs, ["user_id"])


def _values(rows: DataFrame, key: Sequence[str]) -> Column:
    """Write all columns but the key as one text, in which nulls are written as such."""
    values = F.struct(*(name for name in rows.columns if name not in key))
    return F.to_json(values, {"ignoreNullFields": "false"})


def summary(found: DataFrame) -> list[Kind]:
    """Count differences by table and kind, with the first few of each."""
    by_kind = Window.partitionBy("table", "kind")
    first = F.row_number().over(by_kind.orderBy("key", "ours", "theirs"))
    shown = found.withColumn("nth", first).where(f"nth <= {EXAMPLES}")
    counts = {
        (table, kind): n for table, kind, n in found.groupBy("table", "kind").count().collect()
    }
    examples: dict[tuple[str, str], list[Example]] = {}
    for row in shown.orderBy("table", "kind", "nth").collect():
        examples.setdefault((row["table"], row["kind"]), []).append(
            Example(row["key"], row["ours"], row["theirs"])
        )
    return [Kind(*name, counts[name], examples[name]) for name in sorted(counts)]


def lines(kinds: Sequence[Kind]) -> Iterator[str]:
    """Describe differences for people."""
    if not kinds:
        yield "No differences."
    for one in kinds:
        yield f"{one.table}: {one.count:,} {one.kind} ({_MEANS[one.kind]})"
        for example in one.examples:
            yield f"  {example.key}"
            yield f"    lake        {example.ours or '-'}"
            yield f"    PostgreSQL  {example.theirs or '-'}"
