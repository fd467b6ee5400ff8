"""Queries of the local cloud find what MiniStack's own evaluation finds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ministack.services import dynamodb

from ops.local.quick_ministack import quick

EXPRESSION = "kind = :kind AND stamp BETWEEN :first AND :last"

texts = st.text(alphabet="ab#é\U0001f600\uffff", min_size=1, max_size=3)


def own(text: str, item: Any, values: Any, names: Any, slot: str = "ConditionExpression") -> bool:
    return bool(dynamodb._evaluate_condition(text, item, values, names, slot=slot))


def refusing(*_: object, **__: object) -> bool:
    raise AssertionError("left to MiniStack")


def asked(text: str, item: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    return quick(own)(text, item, values, {}, slot="KeyConditionExpression")


def values_of(kind: str, first: str, last: str) -> dict[str, Any]:
    return {":kind": {"S": kind}, ":first": {"S": first}, ":last": {"S": last}}


@given(kind=texts, at=texts, wanted=texts, bounds=st.tuples(texts, texts))
def test_every_item_is_judged_as_by_ministack(
    kind: str, at: str, wanted: str, bounds: tuple[str, str]
) -> None:
    item = {"kind": {"S": kind}, "stamp": {"S": at}}
    values = values_of(wanted, *sorted(bounds))

    found = asked(EXPRESSION, item, values)

    assert found == own(EXPRESSION, item, values, {}, slot="KeyConditionExpression")


def test_a_condition_in_the_usual_form_is_not_parsed_again() -> None:
    item = {"kind": {"S": "a"}, "stamp": {"S": "b"}}
    found = quick(refusing)(
        EXPRESSION, item, values_of("a", "a", "c"), {}, slot="KeyConditionExpression"
    )

    assert found


@pytest.mark.parametrize(
    "text",
    [
        "kind = :kind AND begins_with(stamp, :first)",
        "kind = :kind",
        "#kind = :kind AND stamp > :a",
    ],
)
def test_a_condition_in_another_form_is_left_to_ministack(text: str) -> None:
    with pytest.raises(AssertionError, match="left to MiniStack"):
        quick(refusing)(text, {}, {}, {}, slot="KeyConditionExpression")


def test_keys_of_another_type_are_left_to_ministack() -> None:
    item = {"kind": {"S": "a"}, "stamp": {"N": "9"}}
    values = {":kind": {"S": "a"}, ":first": {"N": "10"}, ":last": {"N": "11"}}

    assert not asked(EXPRESSION, item, values)


def test_conditions_of_writes_are_left_to_ministack() -> None:
    with pytest.raises(AssertionError, match="left to MiniStack"):
        quick(refusing)(EXPRESSION, {}, {}, {})
