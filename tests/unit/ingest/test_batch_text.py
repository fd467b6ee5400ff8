from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ingest.batch_text import events_in

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(
    events=st.lists(VALUES, max_size=5),
    is_object=st.booleans(),
    indent=st.sampled_from([None, 1]),
)
def test_the_pieces_of_a_batch_are_its_events(
    events: list[object], is_object: bool, indent: int | None
) -> None:
    batch = {"events": events} if is_object else events

    pieces = events_in(json.dumps(batch, indent=indent).encode())

    assert pieces is not None
    assert [json.loads(piece) for piece in pieces] == events


@pytest.mark.parametrize(
    "event",
    [b'"cut \\ud83d"', b"1e400", b"-" + b"9" * 5_000],
    ids=["surrogate", "1e400", "digits"],
)
def test_what_only_the_grammar_allows_is_a_piece(event: bytes) -> None:
    assert events_in(b"[1, " + event + b" ,2]") == [b"1", event, b"2"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[1",
        b"[1,]",
        b"[1,,2]",
        b"[1 2]",
        b"[1] 2",
        b"[NaN]",
        b'{"events": [1]',
        b'{"events": [1], "a": 1}',
        b"[" * 100_000,
        b"[\xff]",
    ],
)
def test_anything_else_has_no_pieces(body: bytes) -> None:
    assert events_in(body) is None
