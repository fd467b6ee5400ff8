"""What a client may send, and what it is told when it may not."""

from __future__ import annotations

import json
from collections.abc import Sequence

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.model.code import Code, Problem
from chalicelib.model.event import MAX_PROBLEMS, Rejected, check_client_event, load
from chalicelib.model.properties import KNOWN
from chalicelib.model.wording import MAX_ESCAPED, MAX_FIELD, shortened
from tests.builders import make_client_event

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
VALID_PROPERTIES: dict[str, dict[str, object]] = {
    "page_view": {"page": "/"},
    "click": {"element": "button", "click_id": "c1", "campaign": "spring"},
    "checkout": {"checkout_id": "o1", "amount": 10.5, "currency": "EUR"},
    "purchase": {"amount": 1, "currency": "USD"},
    "transaction": {"amount": -3, "currency": "JPY"},
    "user_action": {"action": "scroll", "session_duration": 12.5},
    "metric": {"name": "cpu", "value": 0.5},
    "system_event": {"severity": "critical"},
    "error": {"message": "boom", "status_code": 503},
    "exposure": {"experiment_id": "checkout_button", "variant": "b"},
    "conversion": {"experiment_id": "checkout_button", "metric": "sale", "value": 3},
}


def problems_of(**changes: object) -> dict[str, tuple[Code, str]]:
    with pytest.raises(Rejected) as caught:
        check_client_event(make_client_event(**changes))
    return {field: (code, message) for field, code, message in caught.value.problems}


@pytest.mark.parametrize("event_type", KNOWN)
def test_an_event_of_a_known_type_is_taken_with_its_properties(event_type: str) -> None:
    properties = VALID_PROPERTIES[event_type]
    event = make_client_event(event_type=event_type, properties=properties)

    assert check_client_event(event) == event


def test_an_event_of_any_other_type_has_free_properties() -> None:
    event = make_client_event(event_type="lamp_lit", properties={"amount": "much", "page": 7})

    assert check_client_event(event) == event


def test_further_properties_of_a_known_type_are_free() -> None:
    event = make_client_event(properties={"page": "/", "colour": ["red", None]})

    assert check_client_event(event) == event


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"user_id": ...}, "user_id", Code.MISSING_FIELD),
        ({"user_id": None}, "user_id", Code.WRONG_TYPE),
        ({"user_id": ""}, "user_id", Code.TOO_SHORT),
        ({"user_id": "u" * 129}, "user_id", Code.TOO_LONG),
        ({"source": 7}, "source", Code.WRONG_TYPE),
        ({"event_type": "PageView"}, "event_type", Code.WRONG_FORMAT),
        ({"event_type": "page_view\n"}, "event_type", Code.WRONG_FORMAT),
        ({"event_id": "a b"}, "event_id", Code.WRONG_FORMAT),
        ({"properties": []}, "properties", Code.WRONG_TYPE),
        ({"str": 1}, "str", Code.UNKNOWN_FIELD),
        ({"ingested_at": "2026-11-21T10:00:00.123Z"}, "ingested_at", Code.UNKNOWN_FIELD),
        ({"properties": {}}, "properties.page", Code.MISSING_FIELD),
        ({"event_type": "metric", "properties": ...}, "properties.name", Code.MISSING_FIELD),
        ({"properties": {"page": "/", "error": 1}}, "properties.error", Code.WRONG_TYPE),
        (
            {"properties": {"page": "/", "status_code": 99}},
            "properties.status_code",
            Code.OUT_OF_RANGE,
        ),
        (
            {"event_type": "checkout", "properties": {"currency": "gold"}},
            "properties.currency",
            Code.NOT_ALLOWED,
        ),
        (
            {"event_type": "system_event", "properties": {"severity": "bad"}},
            "properties.severity",
            Code.NOT_ALLOWED,
        ),
    ],
    ids=str,
)
def test_a_problem_has_its_code_and_names_its_field(
    changes: dict[str, object], field: str, code: Code
) -> None:
    found, message = problems_of(**changes)[field]

    assert found is code
    assert message.startswith(f"{field} ")


def test_what_is_no_object_is_no_event() -> None:
    with pytest.raises(Rejected) as caught:
        check_client_event([make_client_event()])

    assert [problem.code for problem in caught.value.problems] == [Code.NOT_AN_OBJECT]


def test_all_that_is_wrong_is_told_at_once() -> None:
    wrong = {"event_type": "transaction", "source": 1, "properties": {"amount": "x"}}

    assert set(problems_of(**wrong)) == {"source", "properties.amount", "properties.currency"}


def test_a_flood_of_unknown_fields_is_told_in_part() -> None:
    flood = {f"field_{number}": number for number in range(100_000)}

    assert len(problems_of(**flood)) == MAX_PROBLEMS


def test_a_senders_long_name_is_not_repeated_whole() -> None:
    [(field, (_, message))] = problems_of(**{"x" * 1_000_000: 1}).items()

    assert len(field) < 200
    assert len(message) < 300


def escaped(text: str) -> str:
    """Escape a text as Lambda gets it, which is more than it then may send."""
    return json.dumps(orjson.dumps(text).decode())[3:-3]


costly = st.text(st.sampled_from('\0\1\n"\\\x7fäж\uffff😀x'), max_size=2 * MAX_FIELD)


@given(st.text() | costly)
def test_what_is_repeated_is_bounded_by_its_length_escaped_twice(text: str) -> None:
    said = shortened(text)

    assert len(escaped(said)) <= MAX_ESCAPED + len(escaped("…"))
    assert said == text or text.startswith(said.removesuffix("…"))


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=MAX_FIELD))
def test_a_name_in_ascii_of_ordinary_length_is_repeated_whole(name: str) -> None:
    assert shortened(name) == name


def outcome_of(value: object) -> tuple[object, Sequence[Problem]]:
    try:
        return check_client_event(value), ()
    except Rejected as rejected:
        return None, rejected.problems


@given(json_values)
def test_whatever_json_holds_is_taken_or_rejected_with_a_reason(value: object) -> None:
    checked, problems = outcome_of(value)

    assert problems or checked == value


@given(st.dictionaries(st.sampled_from(sorted(make_client_event())), json_values))
def test_whatever_a_field_holds_is_taken_or_rejected_with_a_reason(
    changes: dict[str, object],
) -> None:
    event = make_client_event(**changes)

    checked, problems = outcome_of(event)

    assert problems or checked == event
    assert {problem.field.partition(".")[0] for problem in problems} <= set(event)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", Code.INVALID_JSON),
        (b"{", Code.INVALID_JSON),
        (b"[NaN]", Code.INVALID_JSON),
        (b"[-Infinity]", Code.INVALID_JSON),
        (b"[1e999]", Code.INVALID_JSON),
        (b'["\\ud800"]', Code.INVALID_JSON),
        (b"[" * 2_000 + b"]" * 2_000, Code.TOO_DEEP),
        (b"[" * 1_100, Code.TOO_DEEP),
        ('["Jürgen"]'.encode("latin-1"), Code.INVALID_ENCODING),
        ("[1]".encode("utf-16"), Code.INVALID_ENCODING),
        ("[1]".encode("utf-16-le"), Code.INVALID_ENCODING),
        ("[1]".encode("utf-16-be"), Code.INVALID_ENCODING),
        ("[1]".encode("utf-8-sig"), Code.INVALID_ENCODING),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_what_is_wrong_with_the_text_is_told_apart(body: bytes, code: Code) -> None:
    with pytest.raises(Rejected) as caught:
        load(body)

    assert [problem.code for problem in caught.value.problems] == [code]


def test_a_whole_number_may_have_a_point() -> None:
    assert check_client_event(make_client_event(properties={"page": "/", "status_code": 503.0}))


def test_a_status_that_is_not_whole_is_refused() -> None:
    found = problems_of(properties={"page": "/", "status_code": 503.5})

    assert found["properties.status_code"][0] is Code.WRONG_TYPE


def test_a_currency_may_be_in_lower_case() -> None:
    properties = {"amount": 1, "currency": "eur"}

    assert check_client_event(make_client_event(event_type="purchase", properties=properties))
