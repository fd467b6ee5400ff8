"""Attribution as DataFrame transforms: row by row what `chalicelib/postgres/migrations` answer.

Clicks have the columns of `CLICKS`, checkouts those of `CHECKOUTS`: instants are epoch
milliseconds, amounts are micros. Text is compared byte by byte, as COLLATE "C" does.

Everything is hashed by `user_id` alone: a click and its checkout share it, and so do the records
of one event. So each input is shuffled once, whatever is done with it.
"""

from __future__ import annotations

from functools import partial

from pyspark.sql import Column, DataFrame, Window, WindowSpec
from pyspark.sql import functions as F  # noqa: N812  as everybody imports it

from chalicelib.model.attribution_report import WHOLE_CREDIT, Model
from glue.weights import weight_or_none

_PLACE = ("ingested_ms", "stream", "shard_id", "sequence")
CLICKS = ("user_id", "click_id", "clicked_ms", *_PLACE, "source", "campaign", "page")
CHECKOUTS = ("user_id", "checkout_id", "checked_out_ms", *_PLACE, "source", "micros", "currency")
CREDITS = (
    *("user_id", "checkout_id", "checked_out_ms", "currency"),
    *("click_id", "clicked_ms", "source", "campaign", "credit_nanos", "revenue_micros"),
)
# Settings of the session: rows that are hashed by user are joined by user and slot as they are,
# and a small side isn't copied to every task, so that the plan is the same for every size.
SETTINGS = {
    "spark.sql.requireAllClusterKeysForCoPartition": "false",
    "spark.sql.autoBroadcastJoinThreshold": "-1",
}

_HALF, _OUTER, _BETWEEN = 500_000_000, 400_000_000, 200_000_000


def keep_earliest(records: DataFrame, id_column: str) -> DataFrame:
    """Keep the record of each event that was ingested first, as the tables do.

    Ties are decided by its place in the streams.
    """
    return (
        records.withColumn("nth_record", F.row_number().over(_records_of_an_event(id_column)))
        .where("nth_record = 1")
        .drop("nth_record")
    )


def _records_of_an_event(id_column: str) -> WindowSpec:
    return Window.partitionBy("user_id", id_column).orderBy(*_PLACE)


def earliest_beside(records: DataFrame, id_column: str, at_column: str) -> DataFrame:
    """Add `kept_ms` to every record: when its event happened, by the record that is kept."""
    kept = F.first(at_column).over(_records_of_an_event(id_column))
    return records.withColumn("kept_ms", kept)


def touches(checkouts: DataFrame, clicks: DataFrame, window_ms: int) -> DataFrame:
    """Join each checkout with the clicks in the window before it, both ends included.

    They are numbered by `nth` of `n` in the order of time, ties in that of ids. A checkout without
    any has one row without a click, whose `n` is 0.
    """
    # The window spans two slots of its own length, so that only clicks near it are compared.
    own = _slot("checked_out_ms", window_ms)
    slots = F.explode(F.array(own - 1, own))
    checked_out = checkouts.select(
        "user_id", "checkout_id", "checked_out_ms", "micros", "currency", slots.alias("slot")
    )
    clicked = clicks.select(
        F.col("user_id").alias("clicked_by"),
        *("click_id", "clicked_ms", "source", "campaign"),
        _slot("clicked_ms", window_ms).alias("clicked_slot"),
    )
    is_within = (
        (F.col("user_id") == F.col("clicked_by"))
        & (F.col("slot") == F.col("clicked_slot"))
        & F.col("clicked_ms").between(F.col("checked_out_ms") - window_ms, F.col("checked_out_ms"))
    )
    joined = checked_out.join(clicked, is_within, "left")
    numbered = joined.withColumn("nth", F.row_number().over(_touches_of_a_checkout()))
    counted = numbered.withColumn("n", F.count("click_id").over(_all_touches()))
    has_none = (F.col("n") == 0) & (F.col("nth") == 1)
    return counted.where(F.col("click_id").isNotNull() | has_none).drop(
        "slot", "clicked_slot", "clicked_by"
    )


def _slot(at_column: str, window_ms: int) -> Column:
    """Number the slots of a window's length; the one around 1970 may be twice as long."""
    return F.expr(f"{at_column} div {window_ms}L")


def _touches_of_a_checkout() -> WindowSpec:
    # A slot without a click leaves a row without one, which is sorted behind those that have one.
    return Window.partitionBy("user_id", "checkout_id").orderBy(
        F.col("clicked_ms").asc_nulls_last(), "click_id"
    )


def _all_touches() -> WindowSpec:
    # In their order, since a sum of floating-point numbers depends on it.
    return _touches_of_a_checkout().rowsBetween(
        Window.unboundedPreceding, Window.unboundedFollowing
    )


def first_clicks(touched: DataFrame) -> DataFrame:
    """Return the rows of the table `attributed_checkouts`."""
    return touched.where("nth = 1").select(
        "user_id", "checkout_id", "checked_out_ms", "click_id", "clicked_ms"
    )


def credits_of(touched: DataFrame, model: Model, half_life_ms: int) -> DataFrame:
    """Return the rows of `attribution_credits`: credits in billionths, revenue in micros.

    Shares are rounded down, and the last touch takes the rest.
    """
    match model:
        case Model.FIRST_CLICK:
            return _undivided(touched.where("nth = 1"))
        case Model.LAST_CLICK:
            return _undivided(touched.where("nth = greatest(n, 1)"))
        case Model.LINEAR:
            return _divided(touched, F.expr(f"{WHOLE_CREDIT}L div n"))
        case Model.POSITION_BASED:
            return _divided(touched, _by_position())
        case Model.TIME_DECAY:
            return _divided(_weighed(touched, half_life_ms), _by_weight())


def _undivided(chosen: DataFrame) -> DataFrame:
    return chosen.select(
        *CREDITS[:-2],
        F.lit(WHOLE_CREDIT).cast("long").alias("credit_nanos"),
        F.col("micros").alias("revenue_micros"),
    )


def _by_position() -> Column:
    return F.expr(f"""
        CASE
          WHEN n = 2 THEN {_HALF}L
          WHEN nth IN (1, n) THEN {_OUTER}L
          ELSE {_BETWEEN}L div greatest(n - 2, 1)
        END""")


def _weighed(touched: DataFrame, half_life_ms: int) -> DataFrame:
    """Add weights that halve with each half-life before the last touch."""
    age = F.max("clicked_ms").over(_all_touches()) - F.col("clicked_ms")
    weigh = F.udf(partial(weight_or_none, half_life_ms=half_life_ms), "double", useArrow=False)
    return touched.withColumn("age_ms", age).withColumn("weight", weigh("age_ms"))


def _by_weight() -> Column:
    return F.floor(WHOLE_CREDIT * 1.0 * F.col("weight") / F.sum("weight").over(_all_touches()))


def _divided(touched: DataFrame, part: Column) -> DataFrame:
    """Give every touch its part, and the last one what the others leave."""
    has_touch = F.col("n") > 0
    parted = touched.withColumn("part", F.when(has_touch, part).cast("long"))
    rest = F.sum("part").over(_all_touches()) - F.col("part")
    is_last = F.col("nth") == F.col("n")
    nanos = F.when(is_last, F.lit(WHOLE_CREDIT) - rest).otherwise(F.col("part"))
    credited = parted.withColumn("nanos", F.coalesce(nanos, F.lit(WHOLE_CREDIT)).cast("long"))
    paid = credited.withColumn("paid", _part_of("micros", "nanos"))
    others = F.sum("paid").over(_all_touches()) - F.col("paid")
    revenue = F.when(is_last, F.col("micros") - others).otherwise(F.col("paid"))
    return paid.select(
        *CREDITS[:-2], F.col("nanos").alias("credit_nanos"), revenue.alias("revenue_micros")
    )


def _part_of(micros: str, nanos: str) -> Column:
    """The part of an amount, in two steps, because the product doesn't fit a long."""
    return F.expr(f"""
        {micros} div {WHOLE_CREDIT}L * {nanos}
        + {micros} % {WHOLE_CREDIT}L * {nanos} div {WHOLE_CREDIT}L""")
