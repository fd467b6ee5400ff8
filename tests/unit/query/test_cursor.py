from __future__ import annotations

import base64

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.model import instant
from chalicelib.model.code import Code
from chalicelib.query.cursor import VERSION, Bookmark, decode, encode, query_id
from chalicelib.query.refused import Refused
from tests.unit.query.builders import problems_of

QUERY = query_id("/metrics", {"by": ["day"]})
DAMAGED = [("cursor", Code.INVALID_CURSOR)]

int64s = st.integers(-(2**63), 2**63 - 1)
# The moments that a parameter takes.
moments = st.integers(0, instant.from_text("9998-12-31T23:59:59.999Z"))
places = st.lists(int64s | st.text())


def written(*content: object) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(content)).rstrip(b"=").decode()


@given(moments, moments, places)
def test_a_cursor_comes_back_as_it_was(one: int, other: int, place: list[int | str]) -> None:
    bookmark = Bookmark(min(one, other), max(one, other) + 1, place)

    assert decode(encode(QUERY, bookmark), QUERY) == bookmark


@given(st.text("abcXYZ019-_"))
def test_any_other_text_is_refused(text: str) -> None:
    assert problems_of(lambda: decode(text, QUERY)) == DAMAGED


@pytest.mark.parametrize(
    "content",
    [
        (),
        (VERSION,),
        (VERSION, QUERY, 1, 2),
        (VERSION, QUERY, 1, 2, [None]),
        (VERSION, QUERY, 1, 2, [1.5]),
        (VERSION, QUERY, "1", 2, []),
        (VERSION, QUERY, 1, 2, [], 3),
    ],
)
def test_what_has_another_shape_is_refused(content: tuple[object, ...]) -> None:
    assert problems_of(lambda: decode(written(*content), QUERY)) == DAMAGED


@pytest.mark.parametrize(
    ("first", "end"), [(-(10**14), -(10**14) + 1), (10**15, 10**15 + 1), (2, 2), (2, 1)]
)
def test_a_range_that_no_query_can_have_is_refused(first: int, end: int) -> None:
    content = written(VERSION, QUERY, first, end, [])

    assert problems_of(lambda: decode(content, QUERY)) == DAMAGED


def test_a_cursor_of_another_query_is_refused() -> None:
    cursor = encode(query_id("/metrics", {"by": ["hour"]}), Bookmark(1, 2, []))

    with pytest.raises(Refused) as refused:
        decode(cursor, QUERY)

    assert "belongs to another query" in refused.value.problems[0].message


def test_a_cursor_of_another_version_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        decode(written(VERSION + 1, QUERY, 1, 2, []), QUERY)

    assert "another version" in refused.value.problems[0].message


def test_pages_of_another_size_are_of_the_same_query() -> None:
    given = {"by": ["day"], "limit": ["7"], "cursor": ["abc"]}

    assert query_id("/metrics", given) == QUERY
    assert query_id("/other", given) != QUERY
