"""The models' credits, on a real PostgreSQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.model import instant
from tests.attribution_oracle import HOUR_MS, WHOLE, Touch, credits_of, revenue_of, touches
from tests.attribution_rows import add_checkouts, add_clicks, attribute_all, cleared
from tests.postgres import Database

NOON_MS = instant.from_text("2026-11-20T12:00:00.000Z")
MODELS = ("first_click", "last_click", "linear", "position_based", "time_decay")
DIVIDED = ("linear", "position_based", "time_decay")

# Both edges of the window to the millisecond, ties, and anything between.
OFFSETS = st.one_of(
    st.sampled_from((-1, 0, 1, HOUR_MS - 1, HOUR_MS, HOUR_MS + 1)), st.integers(-10, 2 * HOUR_MS)
)
PATHS = st.lists(OFFSETS, max_size=9)
HALF_LIVES_MS = st.one_of(st.sampled_from((1, 600_000)), st.integers(1, 100 * HOUR_MS))
AMOUNTS = st.one_of(st.just(1), st.integers(-(10**15), 10**15))


class Credit(NamedTuple):
    click_id: str | None
    nanos: int
    micros: int | None


def read(
    database: Database, model: str, half_life_ms: int = 600_000
) -> Mapping[str, Sequence[Credit]]:
    """Return the credits of each checkout, the earliest click first."""
    rows = database.rows(
        "SELECT checkout_id, click_id, credit_nanos, revenue_micros"
        " FROM attribution_credits(%s, '-infinity', 'infinity', %s * interval '1 millisecond')"
        " WHERE credit_nanos <> 0 OR revenue_micros <> 0"
        " ORDER BY checkout_id, clicked_at, click_id",
        model,
        half_life_ms,
    )
    found = defaultdict(list)
    for checkout_id, *credit in rows:
        found[str(checkout_id)].append(Credit(*credit))  # type: ignore[arg-type]  # as selected
    return found


def clicks_at(offsets: Sequence[int]) -> list[Touch]:
    """Clicks that many milliseconds before noon; of two at one instant, the ids decide."""
    return [Touch(NOON_MS - offset, f"c{n}") for n, offset in enumerate(offsets)]


@pytest.mark.parametrize("model", MODELS)
@settings(max_examples=40)
@given(offsets=PATHS, half_life_ms=HALF_LIVES_MS, micros=AMOUNTS)
def test_credits_equal_those_of_the_oracle_and_add_up(
    kept_database: Database, model: str, offsets: list[int], half_life_ms: int, micros: int
) -> None:
    clicks = clicks_at(offsets)
    with cleared(kept_database) as connection:
        add_clicks(connection, [("u", click.click_id, click.at_ms, "spring") for click in clicks])
        add_checkouts(connection, [("u", "o", NOON_MS, micros, "EUR")])
    path = touches(clicks, NOON_MS)

    found = read(kept_database, model, half_life_ms)["o"]

    assert sum(credit.nanos for credit in found) == WHOLE
    assert sum(credit.micros or 0 for credit in found) == micros
    if not path:
        assert found == [Credit(None, WHOLE, micros)]
        return
    expected = credits_of(model, path, half_life_ms)
    shown = {credit.click_id: credit for credit in found}
    nanos = [shown[t.click_id].nanos if t.click_id in shown else 0 for t in path]
    # Powers and sums of the two libraries differ in their last bit.
    tolerance = len(path) if model == "time_decay" else 0
    assert all(abs(a - b) <= tolerance for a, b in zip(nanos, expected, strict=True))
    assert [shown[t.click_id].micros if t.click_id in shown else 0 for t in path] == revenue_of(
        micros, nanos
    )


@settings(max_examples=40)
@given(paths=st.lists(PATHS, min_size=1, max_size=4))
def test_the_first_click_is_the_one_that_attribution_has_stored(
    kept_database: Database, paths: list[list[int]]
) -> None:
    with cleared(kept_database) as connection:
        for n, offsets in enumerate(paths):
            add_clicks(
                connection, [(f"u{n}", c.click_id, c.at_ms, "spring") for c in clicks_at(offsets)]
            )
        add_checkouts(connection, [(f"u{n}", "o", NOON_MS, 1, "EUR") for n in range(len(paths))])
        attribute_all(connection)

    differences = kept_database.rows(
        "SELECT user_id, checkout_id, click_id, clicked_at"
        " FROM attribution_credits('first_click', '-infinity', 'infinity')"
        " EXCEPT SELECT user_id, checkout_id, click_id, clicked_at FROM attributed_checkouts"
    )

    assert differences == []


def test_a_range_has_the_checkouts_of_its_start_and_not_of_its_end(database: Database) -> None:
    with database.connect() as connection:
        add_checkouts(
            connection,
            [("u", f"o{n}", NOON_MS + n, 1, "EUR") for n in range(3)],
        )

    for model in MODELS:
        rows = database.rows(
            "SELECT checkout_id FROM attribution_credits(%s, %s, %s)",
            model,
            instant.to_text(NOON_MS),
            instant.to_text(NOON_MS + 2),
        )
        assert sorted(str(row[0]) for row in rows) == ["o0", "o1"]


def test_an_amount_that_is_missing_stays_missing(database: Database) -> None:
    with database.connect() as connection:
        add_clicks(connection, [("u", "c1", NOON_MS - 2, "a"), ("u", "c2", NOON_MS - 1, "b")])
        add_checkouts(connection, [("u", "o", NOON_MS, None, None)])

    assert [credit.micros for model in MODELS for credit in read(database, model)["o"]] == [
        None
    ] * (2 + 2 * len(DIVIDED))


def test_a_misspelt_model_is_an_error(database: Database) -> None:
    with pytest.raises(psycopg.errors.InvalidTextRepresentation):
        read(database, "fisrt_click")


@pytest.mark.parametrize("half_life_ms", [0, -1])
def test_a_half_life_that_is_not_positive_is_an_error(
    database: Database, half_life_ms: int
) -> None:
    with database.connect() as connection:
        add_clicks(connection, [("u", "c", NOON_MS, "spring")])
        add_checkouts(connection, [("u", "o", NOON_MS, 1, "EUR")])

    with pytest.raises(psycopg.errors.CheckViolation):
        read(database, "time_decay", half_life_ms)


def test_checkouts_are_chosen_before_their_clicks_are_looked_up(database: Database) -> None:
    with database.connect() as connection:
        connection.execute("SET enable_seqscan = off")
        rows = connection.execute("EXPLAIN SELECT * FROM touches WHERE checked_out_at >= now()")
        plan = "\n".join(str(row[0]) for row in rows)

    assert "Index Cond: (checked_out_at >= now())" in plan
