from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.query.page import page


def show(row: int) -> Mapping[str, object]:
    return {"row": "x" * row}


@given(st.lists(st.integers(0, 30)), st.integers(1, 10), st.integers(0, 100))
def test_a_page_is_as_long_as_its_limits_allow(rows: list[int], limit: int, room: int) -> None:
    found = page(rows, show, limit, room)

    n = len(found.rows)
    assert found.rows == [show(row) for row in rows[:n]]
    assert bool(n) == bool(rows)
    assert found.last == (None if n == len(rows) else rows[n - 1])
    sizes = [row + 10 for row in rows]
    assert n <= limit
    assert n <= 1 or sum(sizes[:n]) <= room
    assert n in (len(rows), limit) or sum(sizes[: n + 1]) > room
