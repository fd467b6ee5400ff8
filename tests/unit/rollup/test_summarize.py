from __future__ import annotations

import math
from collections.abc import Container, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.lake import hour_rows
from chalicelib.model.facts import MAX_AMOUNT
from chalicelib.model.rollup import ALL_TYPES, OTHER_TYPES, AmountSummary, HourlyRollup
from chalicelib.rollup.summarize import summarize
from tests.builders import NOON, SHARD, STREAM
from tests.unit.rollup.builders import Row, at, make_file, make_row
from tests.unit.rollup.oracle import rollups_of


class Everything:
    def __contains__(self, name: object) -> bool:
        return True


def summary(
    *rows_by_file: Sequence[Row],
    counted: dict[str, int] | None = None,
    kept: Container[str] = Everything(),
) -> dict[str, HourlyRollup]:
    rows = hour_rows.join(hour_rows.read_file(make_file(rows)) for rows in rows_by_file)
    rollups = summarize(NOON, rows, counted or {}, kept)
    assert len({rollup.event_type for rollup in rollups}) == len(rollups)
    return {rollup.event_type: rollup for rollup in rollups}


some_rows = st.builds(
    make_row,
    st.integers(1, 10**56 - 1),
    event_id=st.sampled_from(["a", "b", "c", "d-64" * 16]),
    user_id=st.sampled_from(["usr_1", "usr_2", "ü"]),
    event_type=st.sampled_from(["click", "purchase", "view"]),
    ingested_at=st.sampled_from([at(NOON.start_ms), at(NOON.start_ms + 1)]),
    latency_ms=st.none() | st.floats(0, 1e7),
    amount=st.none() | st.floats(-MAX_AMOUNT, MAX_AMOUNT),
    currency=st.sampled_from([None, "EUR", "XXX"]),
    is_error=st.booleans(),
    kinesis_stream=st.sampled_from([STREAM, "clicks"]),
    kinesis_shard_id=st.sampled_from([SHARD, "shardId-000000000001"]),
)
# A record is in the lake once, so no two rows have one stream, shard and sequence number.
hours = st.lists(some_rows, max_size=40, unique_by=lambda row: row["kinesis_sequence_number"])


@given(
    hours,
    st.integers(0, 40),
    st.dictionaries(st.sampled_from(["click", "view", "unseen"]), st.integers(1, 9)),
)
def test_rollups_equal_those_counted_row_by_row(
    rows: list[Row], cut: int, counted: dict[str, int]
) -> None:
    assert summary(rows[:cut], rows[cut:], counted=counted) == rollups_of(NOON, rows, counted)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=50))
def test_percentiles_are_interpolated_between_the_two_nearest_ranks(values: list[float]) -> None:
    latency = summary([make_row(n, latency_ms=v) for n, v in enumerate(values)])[
        "page_view"
    ].latency

    assert latency is not None
    ranked = sorted(values)
    for share, found in [(0.5, latency.p50), (0.9, latency.p90), (0.95, latency.p95)]:
        rank = share * (len(ranked) - 1)
        low, high = ranked[math.floor(rank)], ranked[math.ceil(rank)]
        assert found == pytest.approx(low + (high - low) * (rank - math.floor(rank)))


def test_an_empty_hour_has_a_row_of_zeros() -> None:
    rows = summary()

    assert list(rows) == [ALL_TYPES]
    assert rows[ALL_TYPES].count == 0
    assert rows[ALL_TYPES].error_rate == 0.0
    assert rows[ALL_TYPES].latency is None
    assert rows[ALL_TYPES].reconciliation.missing == 0


def test_a_repeat_counts_as_a_row_and_not_as_an_event() -> None:
    row = summary([make_row(1), make_row(2), make_row(3, event_id="ev_2")])["page_view"]

    assert (row.count, row.reconciliation.found, row.reconciliation.duplicates) == (2, 3, 1)


def test_a_type_that_was_counted_and_is_not_in_the_lake_is_missed() -> None:
    rows = summary([make_row()], counted={"page_view": 1, "purchase": 3})

    assert rows["purchase"].count == 0
    assert rows["purchase"].reconciliation.missing == 3
    assert rows[ALL_TYPES].reconciliation.missing == 3


def test_rows_of_a_type_that_was_never_counted_are_a_surplus() -> None:
    rows = summary([make_row()], counted={"purchase": 1})

    assert rows["page_view"].reconciliation.missing == -1


def test_counters_that_have_expired_say_nothing() -> None:
    rows = summary([make_row()], counted={})

    assert rows[ALL_TYPES].reconciliation.expected is None
    assert rows["page_view"].reconciliation.missing is None


def test_users_of_several_types_are_one_user_over_all() -> None:
    rows = summary([make_row(1), make_row(2, event_type="click"), make_row(3, user_id="usr_2")])

    assert rows["page_view"].unique_users == 2
    assert rows["click"].unique_users == 1
    assert rows[ALL_TYPES].unique_users == 2


def test_an_amount_without_a_currency_is_kept_apart() -> None:
    paid, refunded = {"amount": 1.5, "currency": "EUR"}, {"amount": -1.0, "currency": "EUR"}
    rows = summary([make_row(1, **paid), make_row(2, amount=2.25), make_row(3, **refunded)])

    assert rows[ALL_TYPES].amounts == {
        "EUR": AmountSummary(2, 500_000),
        "XXX": AmountSummary(1, 2_250_000),
    }


@pytest.mark.parametrize("sign", [1, -1], ids=["positive", "negative"])
def test_a_sum_beyond_64_bits_stays_exact(sign: int) -> None:
    row = {"amount": sign * float(MAX_AMOUNT), "currency": "EUR"}
    rows = summary([make_row(n, **row) for n in range(10_000)])

    assert rows[ALL_TYPES].amounts["EUR"].total_micros == sign * 10_000 * MAX_AMOUNT * 10**6


def test_the_error_rate_is_of_events_and_not_of_rows() -> None:
    repeats = [make_row(1, is_error=True), make_row(2, event_id="ev_1", is_error=True)]
    row = summary([*repeats, make_row(3)])["page_view"]

    assert (row.errors, row.error_rate) == (1, 0.5)


KEPT = {"click", "unseen"}


@given(
    hours,
    st.dictionaries(st.sampled_from(["click", "view", "unseen", "lost"]), st.integers(1, 9)),
)
def test_types_that_are_not_kept_have_one_row_as_if_they_were_one_type(
    rows: list[Row], counted: dict[str, int]
) -> None:
    def folded(name: str) -> str:
        return name if name in KEPT else OTHER_TYPES

    as_one: dict[str, int] = {}
    for name, count in counted.items():
        as_one[folded(name)] = as_one.get(folded(name), 0) + count
    relabelled = [{**row, "event_type": folded(row["event_type"])} for row in rows]

    assert summary(rows, counted=counted, kept=KEPT) == rollups_of(NOON, relabelled, as_one)
