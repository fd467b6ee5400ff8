"""What is derived for each type of event, at its bounds."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

import pytest

from chalicelib.lake import raw_lines, rows
from chalicelib.transform import Enrichment
from tests.builders import make_raw_key, make_raw_line, make_raw_object

DAY = date(2026, 11, 20)


def enrich(enrichment: Enrichment, event_type: str, **changes: object) -> dict[str, Any]:
    body = make_raw_object(make_raw_line(event_type=event_type, **changes))
    lines = raw_lines.read(body, make_raw_key(event_type))
    derived = enrichment.derive(event_type, lines)
    [row] = cast("list[dict[str, Any]]", rows.complete(lines, derived).to_pylist())
    return row


@pytest.fixture
def enrichment() -> Enrichment:
    return Enrichment()


@pytest.mark.parametrize("event_type", ["transaction", "purchase", "checkout"])
@pytest.mark.parametrize(
    ("amount", "category", "is_high_value"),
    [
        (-5.0, "micro", False),
        (9.99, "micro", False),
        (10.0, "small", False),
        (99.99, "small", False),
        (100.0, "medium", False),
        (1_000.0, "medium", False),
        (1_000.01, "large", True),
        (None, None, None),
    ],
)
def test_a_transaction_is_sorted_by_its_amount(
    enrichment: Enrichment,
    event_type: str,
    amount: float | None,
    category: str | None,
    is_high_value: bool | None,
) -> None:
    row = enrich(enrichment, event_type, amount=amount)

    assert row["transaction_date"] == DAY
    assert (row["amount_category"], row["is_high_value"]) == (category, is_high_value)


@pytest.mark.parametrize(
    ("properties", "category"),
    [
        ({"session_duration": 0}, "short"),
        ({"session_duration": 59.9}, "short"),
        ({"session_duration": 60}, "medium"),
        ({"session_duration": 599.999}, "medium"),
        ({"session_duration": 600}, "long"),
        ({"nested": {"session_duration": 1}}, None),
        ({}, None),
    ],
)
def test_a_user_action_is_sorted_by_its_session(
    enrichment: Enrichment, properties: dict[str, object], category: str | None
) -> None:
    row = enrich(enrichment, "user_action", properties={"action": "scroll"} | properties)

    assert row["action_date"] == DAY
    assert row["session_category"] == category


@pytest.mark.parametrize(
    ("value", "category", "is_out_of_range"),
    [
        (-0.001, "negative", True),
        (0.0, "low", False),
        (9.999, "low", False),
        (10.0, "normal", False),
        (100.0, "normal", False),
        (100.001, "high", True),
        (None, None, None),
    ],
)
def test_a_metric_is_sorted_by_its_value(
    enrichment: Enrichment,
    value: float | None,
    category: str | None,
    is_out_of_range: bool | None,
) -> None:
    row = enrich(enrichment, "metric", value=value)

    assert row["metric_date"] == DAY
    assert (row["value_category"], row["is_out_of_range"]) == (category, is_out_of_range)


def test_bounds_are_settings() -> None:
    enrichment = Enrichment(
        amount_bounds=(1, 2, 3), session_bounds_s=(1, 2), metric_bounds=(5, 6, 7)
    )

    assert enrich(enrichment, "purchase", amount=3.5)["is_high_value"] is True
    assert enrich(enrichment, "metric", value=4.0)["value_category"] == "negative"
    action = enrich(enrichment, "user_action", properties={"session_duration": 1.5})
    assert action["session_category"] == "medium"


def test_other_types_have_none_of_it(enrichment: Enrichment) -> None:
    row = enrich(enrichment, "sign_up", amount=5_000.0, value=5_000.0)

    derived = (
        "transaction_date",
        "amount_category",
        "action_date",
        "metric_date",
        "value_category",
    )
    assert {row[name] for name in derived} == {None}
