"""Records become rows, or one of the reasons why not."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.archive.record import Shard, above
from chalicelib.archive.screen_record import Accepted, accept, screen
from chalicelib.attribution.read_row import Passed, Row, read_row
from chalicelib.model.attribution import Checkout, Click, Unstorable
from tests.builders import SHARD, STREAM, make_event, make_record
from tests.poison import POISON

PLACE = Shard(STREAM, SHARD)


def read(body: Any) -> Row:
    [record] = above(None, [make_record(7, body)])
    return read_row(record, PLACE)


def event_of(event_type: str, **properties: object) -> dict[str, object]:
    return make_event(event_type=event_type, properties=properties)


def test_a_click_keeps_its_campaign_and_page() -> None:
    row = read(event_of("click", campaign="spring", page="/a", element="buy"))

    assert isinstance(row, Click)
    assert (row.click_id, row.campaign, row.page) == ("ev_1", "spring", "/a")
    assert row.sequence == "7".zfill(56)


def test_a_checkout_keeps_its_amount_exactly_and_its_currency_in_capitals() -> None:
    row = read(event_of("checkout", amount=-0.1, currency="eur"))

    assert isinstance(row, Checkout)
    assert (row.amount, row.currency) == ("-0.100000", "EUR")


def test_what_is_absent_is_none() -> None:
    assert read(event_of("click"))[-2:] == (None, None)
    assert read(event_of("checkout"))[-2:] == (None, None)


def test_other_types_are_passed_over() -> None:
    assert read(event_of("page_view", page="/")) is Passed.OTHER


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"event_type": ["click"]}', b"7"])
def test_poison_is_passed_over(body: bytes) -> None:
    assert read(body) is Passed.POISON


def test_data_that_is_not_base64_is_poison() -> None:
    [record] = above(None, [make_record(1)])

    assert read_row(record._replace(data="?"), PLACE) is Passed.POISON


def test_a_nul_is_unstorable_wherever_it_is() -> None:
    for change in ({"user_id": "a\0"}, {"source": "\0"}, {"properties": {"page": "/\0"}}):
        row = read(make_event(**({"event_type": "click", "properties": {}} | change)))

        assert isinstance(row, Unstorable)
        assert row.code == "nul_character"


def test_an_escaped_backslash_before_u0000_is_no_nul() -> None:
    assert isinstance(read(event_of("click", campaign="\\u0000")), Click)


def test_what_is_nested_too_deep_for_the_archive_is_poison_here_too() -> None:
    body = make_event(event_type="click", properties={"deep": "DEEP"})
    deep = orjson.dumps(body).replace(b'"DEEP"', b"[" * 300 + b"]" * 300)

    assert read(deep) is Passed.POISON


@pytest.mark.parametrize("code", POISON, ids=str)
def test_what_process_quarantines_has_no_row(code: Any) -> None:
    assert isinstance(read(POISON[code]), Passed)


@given(
    body=st.fixed_dictionaries(
        {
            "event_type": st.sampled_from(["click", "checkout"]),
            "timestamp": st.sampled_from(["2026-02-29T00:00:00.000Z", "0001-01-01T00:00:00.000Z"])
            | st.text(max_size=30),
            "user_id": st.text(max_size=5),
            "properties": st.dictionaries(
                st.sampled_from(["amount", "campaign", "page", "currency", "x"]),
                st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5),
            ),
        }
    )
)
def test_a_click_or_checkout_has_a_row_just_when_process_accepts_it(body: dict[str, Any]) -> None:
    [record] = above(None, [make_record(1, make_event(**body))])
    is_accepted = isinstance(screen(record, PLACE, accept), Accepted)

    assert isinstance(read_row(record, PLACE), Passed) is not is_accepted
