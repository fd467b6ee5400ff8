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


@pytest.mark.parametrize("currency", ["eur", "EUX", 978, None, []], ids=repr)
def test_a_currency_that_is_none_is_not_lifted(currency: object) -> None:
    assert lift("x", {"amount": 1, "currency": currency}).currency is None
