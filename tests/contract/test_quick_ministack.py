"""Queries of the local cloud return what MiniStack's own functions would."""

from __future__ import annotations

import json
import os
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from threading import Thread
from typing import IO, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ministack.core.lambda_runtime import Worker
from ministack.services import dynamodb

from ops.local.quick_ministack import (
    LogPipe,
    WrittenItems,
    quick,
    quick_drain,
    quick_json,
    quick_page,
    quick_projection,
    quick_sort_value,
)

EXPRESSION = "kind = :kind AND stamp BETWEEN :first AND :last"

texts = st.text(alphabet="ab#é\U0001f600\uffff", min_size=1, max_size=3)


numbers = st.one_of(
    st.integers(-(10**30), 10**30).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
)
scalars = st.one_of(
    st.builds(dict, S=st.text(max_size=20)),
    st.builds(dict, N=numbers),
    st.builds(dict, B=st.binary(max_size=20).map(lambda value: b64encode(value).decode())),
    st.builds(dict, BOOL=st.booleans()),
    st.builds(dict, NULL=st.sampled_from([True])),
    st.builds(dict, SS=st.lists(st.text(max_size=3), min_size=1, max_size=3)),
    st.builds(dict, NS=st.lists(numbers, min_size=1, max_size=3)),
)
names = st.sampled_from(["a", "b", "stamp", "n_1", "été"])
attributes: st.SearchStrategy[dict[str, Any]] = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.builds(dict, L=st.lists(inner, max_size=3)),
        st.builds(dict, M=st.dictionaries(names, inner, max_size=3)),
    ),
    max_leaves=5,
)
some_items = st.dictionaries(names, attributes, max_size=5)


def own(text: str, item: Any, values: Any, names: Any, slot: str = "ConditionExpression") -> bool:
    return bool(dynamodb._evaluate_condition(text, item, values, names, slot=slot))


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
    found = quick(left_to_ministack)(
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
        quick(left_to_ministack)(text, {}, {}, {}, slot="KeyConditionExpression")


def test_keys_of_another_type_are_left_to_ministack() -> None:
    item = {"kind": {"S": "a"}, "stamp": {"N": "9"}}
    values = {":kind": {"S": "a"}, ":first": {"N": "10"}, ":last": {"N": "11"}}

    assert not asked(EXPRESSION, item, values)


def test_conditions_of_writes_are_left_to_ministack() -> None:
    with pytest.raises(AssertionError, match="left to MiniStack"):
        quick(left_to_ministack)(EXPRESSION, {}, {}, {})


@given(found=st.lists(some_items, max_size=6), limit=st.none() | st.integers(1, 8))
def test_a_small_page_is_cut_as_by_ministack(
    found: list[dict[str, Any]], limit: int | None
) -> None:
    page = quick_page(left_to_ministack)(found, limit, {})

    assert page == dynamodb._paginate_evaluated_items(found, limit, {})


@given(item=some_items)
def test_no_item_is_larger_than_its_json(item: dict[str, Any]) -> None:
    """On which it depends that a small page is never full."""
    assert dynamodb._item_size_bytes(item) <= len(json.dumps(item, ensure_ascii=False).encode())


def test_a_page_that_may_be_full_is_cut_by_ministack() -> None:
    found = [{"a": {"S": "x" * 300_000}} for _ in range(5)]

    page, is_cut = quick_page(dynamodb._paginate_evaluated_items)(found, None, {})

    assert (len(page), is_cut) == (3, True)


@given(item=some_items, text=st.sampled_from(["a", "a, b", "a,stamp,n_1"]))
def test_attributes_are_projected_as_by_ministack(item: dict[str, Any], text: str) -> None:
    project = dynamodb._project_item

    assert quick_projection(project)(item, text, {}) == project(item, text, {})


@pytest.mark.parametrize("text", ["a.b", "a[0]", "#a", "été"])
def test_a_projection_in_another_form_is_left_to_ministack(text: str) -> None:
    with pytest.raises(AssertionError, match="left to MiniStack"):
        quick_projection(left_to_ministack)({}, text, {})


@pytest.mark.parametrize("text", ["a, name", "a, a"])
def test_a_wrong_projection_is_refused_as_by_ministack(text: str) -> None:
    for _ in range(2):
        with pytest.raises(ValueError, match="Invalid ProjectionExpression"):
            quick_projection(dynamodb._project_item)({}, text, {})


@given(found=st.lists(some_items, max_size=3), units=st.floats(0, 100))
def test_a_response_has_the_json_of_ministack(found: list[dict[str, Any]], units: float) -> None:
    data = {"Items": found, "Count": len(found), "ConsumedCapacity": {"CapacityUnits": units}}

    status, headers, body = quick_json(dynamodb.json_response)(data, 200)

    own_status, own_headers, own_body = dynamodb.json_response(data, 200)
    assert (status, headers, json.loads(body)) == (own_status, own_headers, json.loads(own_body))


@given(found=st.lists(some_items, min_size=1, max_size=3), other=some_items)
def test_only_items_that_were_measured_are_not_written_again(
    found: list[dict[str, Any]], other: dict[str, Any]
) -> None:
    written = WrittenItems()
    paginate = quick_page(left_to_ministack, written)
    respond = quick_json(dynamodb.json_response, written)
    page = paginate(found, None, {})[0]
    # As they would be answered, and as a projection or another query would change them.
    for items in (page, [*page], page[1:], [other, *page[1:]], [dict(item) for item in page], []):
        paginate(found, None, {})
        assert json.loads(respond({"Items": items})[2]) == {"Items": items}


def test_items_that_have_changed_since_are_written_as_they_are() -> None:
    written = WrittenItems()
    page, _ = quick_page(left_to_ministack, written)([{"n": {"N": "1"}}], None, {})
    respond = quick_json(dynamodb.json_response, written)
    respond({"Items": page})

    page[0]["n"] = {"N": "2"}

    assert json.loads(respond({"Items": page})[2]) == {"Items": [{"n": {"N": "2"}}]}


def test_what_has_no_other_json_is_written_by_ministack() -> None:
    data = {"n": 10**30}

    assert quick_json(dynamodb.json_response)(data) == dynamodb.json_response(data)


@given(text=texts, number=numbers, kind=st.sampled_from("SNB"))
def test_items_are_sorted_by_what_ministack_sorts_them_by(
    text: str, number: str, kind: str
) -> None:
    sort_value = quick_sort_value(dynamodb._sort_key_value)

    for attribute in (None, {"S": text}, {"N": number}, {"B": b64encode(text.encode()).decode()}):
        assert sort_value(attribute, kind) == dynamodb._sort_key_value(attribute, kind)


@dataclass
class Log:
    """A pipe, its reading end as MiniStack has it, and the lines that were taken from it."""

    reading: IO[str]
    writing: int
    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pipe = LogPipe(self.reading, self.lines.append)

    def write(self, text: str) -> None:
        os.write(self.writing, text.encode())

    def end(self) -> None:
        os.close(self.writing)
        self.writing = -1


@pytest.fixture
def log() -> Iterator[Log]:
    reading, writing = os.pipe()
    with os.fdopen(reading, encoding="utf-8") as pipe:
        log = Log(pipe, writing)
        yield log
        if log.writing >= 0:
            log.end()


def test_all_lines_that_were_written_are_taken_without_waiting(log: Log) -> None:
    log.pipe.catch_up()
    assert log.lines == []
    log.write("one\ntwo é\n\n")
    log.pipe.catch_up()
    assert log.lines == ["one", "two é", ""]


def test_a_line_is_taken_once_it_is_complete(log: Log) -> None:
    log.write("on")
    log.pipe.catch_up()
    assert log.lines == []
    log.write("e\ntwo")
    log.end()
    log.pipe.pass_on()
    assert log.lines == ["one", "two"]


def test_lines_are_taken_once_by_several_threads(log: Log) -> None:
    background = Thread(target=log.pipe.pass_on)
    background.start()

    for number in range(2_000):
        log.write(f"{number}\n")
        log.pipe.catch_up()
        assert len(log.lines) == number + 1
    log.end()
    background.join()
    assert log.lines == [str(number) for number in range(2_000)]


def test_the_lines_of_a_function_are_there_when_it_has_answered(log: Log) -> None:
    worker = Worker("name", {}, b"")
    worker.log_pipe = LogPipe(log.reading, worker._stderr_queue.put)

    log.write("one\ntwo\n")

    assert quick_drain(left_to_ministack)(worker) == "one\ntwo"
    assert quick_drain(left_to_ministack)(worker) == ""


def test_lines_that_are_read_in_another_way_are_left_to_ministack() -> None:
    with pytest.raises(AssertionError, match="left to MiniStack"):
        quick_drain(left_to_ministack)(Worker("name", {}, b""))


def left_to_ministack(*_: object, **__: object) -> Any:
    raise AssertionError("left to MiniStack")
