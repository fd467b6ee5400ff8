"""What counts as an error, a latency and an amount."""

from __future__ import annotations

import pytest

from chalicelib.model.facts import is_error, lift


@pytest.mark.parametrize(
    ("event_type", "properties"),
    [
        ("error", {}),
        ("system_event", {"severity": "error"}),
        ("system_event", {"severity": "critical"}),
        ("page_view", {"error": True}),
        ("page_view", {"status_code": 500}),
    ],
    ids=str,
)
def test_an_error_is_told_by_type_severity_flag_or_status(
    event_type: str, properties: dict[str, object]
) -> None:
    assert is_error(event_type, properties)


@pytest.mark.parametrize(
    ("event_type", "properties"),
    [
        ("system_event", {"severity": "warning"}),
        ("page_view", {"severity": "critical"}),
        ("page_view", {"error": "true"}),
        ("page_view", {"status_code": 404}),
        ("page_view", {"status_code": "500"}),
    ],
    ids=str,
)
def test_what_only_looks_like_an_error_is_none(
    event_type: str, properties: dict[str, object]
) -> None:
    assert not is_error(event_type, properties)


def test_latency_is_preferred_to_duration() -> None:
    assert lift("x", {"latency_ms": 1, "duration_ms": 2}).latency_ms == 1
    assert lift("x", {"duration_ms": 2}).latency_ms == 2


@pytest.mark.parametrize("value", [True, "12", None, -1, 10**12, [], {}], ids=repr)
def test_what_cannot_be_counted_is_left_in_the_properties(value: object) -> None:
    assert lift("x", {"latency_ms": value}).latency_ms is None


@pytest.mark.parametrize("currency", ["gold", "EUX", 978, None, []], ids=repr)
def test_a_currency_that_is_none_is_not_lifted(currency: object) -> None:
    assert lift("x", {"amount": 1, "currency": currency}).currency is None


def test_a_currency_counts_however_it_is_written() -> None:
    assert lift("x", {"amount": 1, "currency": "eur"}).currency == "EUR"


@pytest.mark.parametrize("status", [500, 500.0, 503.0, 599])
def test_a_status_is_the_same_number_with_and_without_a_point(status: float) -> None:
    assert lift("x", {"status_code": status}).is_error


@pytest.mark.parametrize("status", [499, 499.0, True, "503", None])
def test_any_other_status_is_no_error(status: object) -> None:
    assert not lift("x", {"status_code": status}).is_error
