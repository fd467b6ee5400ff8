"""One question: a route's parameters as typed values, with the moment and scope of asking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from chalicelib.model.scope import Scope
from chalicelib.query import cursor, parameters
from chalicelib.query.cursor import Bookmark
from chalicelib.query.parameters import CURSOR, FROM, TO, Parameter
from chalicelib.query.span import Reach, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`bookmark` is where the page before ended, None on a first page."""

    query: str
    values: Mapping[str, object]
    now_ms: int
    scope: Scope | None = None
    bookmark: Bookmark | None = None

    def __getitem__[T](self, parameter: Parameter[T]) -> T:
        return cast("T", self.values[parameter.name])

    def span(self, reach: Reach) -> Span:
        """Return the range, which on further pages is that of the first.

        Raises:
            Refused: with `invalid_range` or `range_too_wide`.
        """
        if self.bookmark is not None:
            return reach.span(self.bookmark.first_ms, self.bookmark.end_ms, self.now_ms)
        return reach.span(self[FROM], self[TO], self.now_ms)

    @property
    def place(self) -> Sequence[int | str]:
        """The place of the last row that was seen, empty before the first."""
        return self.bookmark.place if self.bookmark else ()

    def cursor(self, span: Span, place: Sequence[int | str]) -> str:
        """Return the cursor of the page after this place."""
        return cursor.encode(self.query, Bookmark(span.first_ms, span.end_ms, place))


def ask(
    path: str,
    accepted: Sequence[Parameter[object]],
    given: Mapping[str, Sequence[str]],
    now_ms: int,
    scope: Scope | None = None,
) -> Asked:
    """Read what was given.

    Raises:
        Refused: with every problem found.
    """
    values = parameters.read(accepted, given)
    query = cursor.query_id(path, given)
    text = values.get(CURSOR.name)
    bookmark = cursor.decode(text, query) if isinstance(text, str) else None
    return Asked(query=query, values=values, now_ms=now_ms, scope=scope, bookmark=bookmark)
