"""The transforms against the oracle and against the SQL models, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial, reduce
from random import Random
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812  as everybody imports it

from chalicelib.model.attribution_report import Model
from chalicelib.postgres.conninfo import Conninfo
from glue import transforms
from glue.stored import NotComparable, Stored
from glue.transforms import credits_of, first_clicks, keep_earliest, touches
from tests.attribution_rows import add_checkouts, add_clicks
from tests.builders import NOON_MS
from tests.postgres import Database
from tests.spark.frames import in_text, make_checkouts, make_clicks
from tests.spark.worlds import make_worlds
from tests.unit.postgres.oracle import WINDOW_MS, Sent, tables_of
from tests.unit.postgres.world import make_checkout, make_click

MINUTE_MS = 60_000
DAY_MS = 24 * WINDOW_MS
HALF_LIVES_MS = (1_000, 600_000, 7_000_000)


@pytest.fixture(autouse=True)
def settings(spark: SparkSession) -> None:
    for name, value in transforms.SETTINGS.items():
        spark.conf.set(name, value)


def touched_by(spark: SparkSession, sent: list[Sent]) -> DataFrame:
    clicks = keep_earliest(make_clicks(spark, sent), "click_id")
    checkouts = keep_earliest(make_checkouts(spark, sent), "checkout_id")
    return touches(checkouts, clicks, WINDOW_MS)


@pytest.fixture(scope="module")
def worlds() -> list[Sent]:
    return make_worlds(40)


def test_first_clicks_are_the_oracles_in_random_worlds(
    spark: SparkSession, worlds: list[Sent]
) -> None:
    found = first_clicks(touched_by(spark, worlds)).collect()

    assert in_text(found, 2, 4) == tables_of(worlds)["attributed_checkouts"]


def test_the_earliest_records_are_the_oracles_in_random_worlds(
    spark: SparkSession, worlds: list[Sent]
) -> None:
    # Each is there twice, as while its hour is being sealed.
    clicks = make_clicks(spark, [*worlds, *worlds])
    kept = keep_earliest(clicks, "click_id").drop("source", "page").collect()

    assert in_text(kept, 2, 3) == tables_of(worlds)["raw_clicks"]


@dataclass(frozen=True)
class Case:
    """Clicks of one user, as changes to a click at noon, and the id that gets the credit."""

    clicks: tuple[dict[str, Any], ...]
    credited: str | None


def at(delta_ms: int, **changes: Any) -> dict[str, Any]:
    return {"at": NOON_MS + delta_ms, **changes}


CASES = {
    "the window's first millisecond": Case((at(-WINDOW_MS),), "k1"),
    "the millisecond before the window": Case((at(-WINDOW_MS - 1),), None),
    "the checkout's own millisecond": Case((at(0),), "k1"),
    "the millisecond after the checkout": Case((at(1),), None),
    "no click": Case((), None),
    "the first of two": Case((at(-2, id="z"), at(-1, id="a")), "z"),
    "the first, in the other slot": Case((at(-1, id="a"), at(1 - WINDOW_MS, id="z")), "z"),
    "capitals precede small letters": Case((at(-1, id="b"), at(-1, id="a"), at(-1, id="B")), "B"),
    "a hyphen precedes a digit": Case((at(-1, id="a1"), at(-1, id="a-")), "a-"),
    "the earlier record, in the window": Case(
        (at(-5, ingested=NOON_MS), at(-2 * WINDOW_MS, ingested=NOON_MS + 1)), "k1"
    ),
    "the earlier record, outside of it": Case(
        (at(-5, ingested=NOON_MS + 1), at(-2 * WINDOW_MS, ingested=NOON_MS)), None
    ),
    "the smaller stream of one instant": Case(
        (at(-5, stream="b", sequence=1), at(1, stream="a", sequence=2)), None
    ),
    "the smaller shard of one stream": Case(
        (at(-5, shard="s-2", sequence=1), at(1, shard="s-1", sequence=2)), None
    ),
    "the smaller number of one shard": Case((at(-5, sequence=10), at(1, sequence=9)), None),
}


# Beside noon, which is where a slot begins; before 1970, where instants are negative; year 9999.
SHIFTS_MS = {"noon": 0, "odd": 1_234_567, "1903": -45_000 * DAY_MS + 3, "9999": 2_912_000 * DAY_MS}


def cases() -> Iterator[Sent]:
    for shift, shift_ms in SHIFTS_MS.items():
        for name, case in CASES.items():
            user = f"{shift}: {name}"
            yield make_checkout(user=user, at=NOON_MS + shift_ms)
            for changes in case.clicks:
                click = make_click(user=user, **changes)
                yield replace(click, at=click.at + shift_ms)


def test_edges_ties_and_repeats_are_decided_as_in_postgresql(spark: SparkSession) -> None:
    found = first_clicks(touched_by(spark, [*cases()])).collect()

    assert {row["user_id"]: row["click_id"] for row in found} == {
        f"{shift}: {name}": case.credited for shift in SHIFTS_MS for name, case in CASES.items()
    }
    assert len(found) == len(SHIFTS_MS) * len(CASES)


AMOUNTS = (None, 0, 1, -1, 99_990_000, -99_990_001, 10**15, -(10**15), 333_333_333)
# Half-lives apart, milliseconds apart, at both edges of the window and in one instant.
AGES_MS = (0, 1, 999, 10_000, *(n * 10 * MINUTE_MS for n in range(7)), WINDOW_MS)


@dataclass(frozen=True)
class Shopping:
    """A user with clicks and one checkout."""

    user: str
    ages_ms: tuple[int, ...]
    micros: int | None


def shoppings() -> Iterator[Shopping]:
    chance = Random(14)
    for number in range(400):
        draw = AGES_MS if number % 2 else range(WINDOW_MS)
        ages = tuple(chance.choice(draw) for _ in range(chance.choice((0, 1, 2, 3, 4, 9, 30))))
        yield Shopping(f"u{number}", ages, chance.choice(AMOUNTS))


@pytest.fixture(scope="module")
def shopped() -> list[Shopping]:
    return list(shoppings())


def sent_by(one: Shopping) -> list[Sent]:
    clicks = [
        make_click(user=one.user, id=f"k{n}", at=NOON_MS - age, campaign=f"c{n % 3}")
        for n, age in enumerate(one.ages_ms)
    ]
    amount = None if one.micros is None else one.micros / 1e6
    return [*clicks, make_checkout(user=one.user, amount=amount)]


def test_credits_are_those_of_the_sql_models_row_by_row(
    spark: SparkSession, database: Database, shopped: list[Shopping]
) -> None:
    sent = [event for one in shopped for event in sent_by(one)]
    touched = touched_by(spark, sent).cache()
    asked: list[tuple[Model, int]] = [(m, 600_000) for m in Model if m is not Model.TIME_DECAY]
    asked += [(Model.TIME_DECAY, half_life_ms) for half_life_ms in HALF_LIVES_MS]

    found = reduce(
        DataFrame.unionAll,
        (
            credits_of(touched, model, half).select(F.lit(f"{model} {half}").alias("asked"), "*")
            for model, half in asked
        ),
    ).collect()

    expected = [
        (f"{model} {half}", *row)
        for model, half in asked
        for row in sql_credits(database, sent, model, half)
    ]
    assert sorted(map(tuple, found), key=repr) == sorted(expected, key=repr)
    assert len(expected) > 5_000


def sql_credits(
    database: Database, sent: list[Sent], model: Model, half_life_ms: int
) -> list[tuple[object, ...]]:
    if not database.rows("SELECT FROM raw_checkouts LIMIT 1"):
        clicks = [one for one in sent if one.kind == "click"]
        add_clicks(database.connection, [(k.user, k.id, k.at, k.campaign) for k in clicks])
        checkouts = [one for one in sent if one.kind == "checkout"]
        micros = {c.user: None if c.amount is None else round(c.amount * 1e6) for c in checkouts}
        add_checkouts(
            database.connection, [(c.user, c.id, c.at, micros[c.user], None) for c in checkouts]
        )
    stamp = "(extract(epoch FROM {}) * 1000)::bigint"
    return database.rows(
        f"SELECT user_id, checkout_id, {stamp.format('checked_out_at')}, currency, click_id,"  # noqa: S608
        f" {stamp.format('clicked_at')}, source, campaign, credit_nanos, revenue_micros"
        " FROM attribution_credits(%s::attribution_model, '-infinity', 'infinity',"
        " %s * interval '1 millisecond')",
        str(model),
        half_life_ms,
    )


@pytest.mark.parametrize(
    ("window_ms", "half_life_ms"), [(WINDOW_MS, 600_000), (60_000, 1_000), (60_000, 7_000_000)]
)
def test_every_weight_is_the_databases_to_the_last_bit(
    spark: SparkSession, database: Database, window_ms: int, half_life_ms: int
) -> None:
    stored_in(spark, database.url).check_weights(window_ms, half_life_ms)


def test_a_database_whose_exp_is_another_is_found_out(
    spark: SparkSession, database: Database
) -> None:
    database.run(
        "CREATE SCHEMA other",
        "CREATE FUNCTION other.exp(x float8) RETURNS float8 LANGUAGE sql IMMUTABLE"
        " RETURN pg_catalog.exp(x) * (1 + 2.3e-16)",
    )
    other = f"{database.url}{'&' if '?' in database.url else '?'}options=-csearch_path%3Dother"

    with pytest.raises(NotComparable):
        stored_in(spark, f"{other},pg_catalog,public").check_weights(1_000, 693)


def stored_in(spark: SparkSession, url: str) -> Stored:
    return Stored(spark, partial(Conninfo.of_url, url))
