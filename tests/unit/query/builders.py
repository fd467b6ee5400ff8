"""Questions, with everything left out that a test is not about."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chalicelib.model.code import Code
from chalicelib.model.hour import Hour
from chalicelib.model.scope import Scope
from chalicelib.query.asked import Asked, ask
from chalicelib.query.found import Found
from chalicelib.query.refused import Refused
from chalicelib.query.route import Route
from tests.builders import NOON

# Ten minutes after noon.
NOW_MS = NOON.start_ms + 600_000

type Given = Mapping[str, object]
NOTHING: Given = {}

type Read = Callable[[Asked], Found]


def make_asked(
    route: Route, given: Given = NOTHING, *, now_ms: int = NOW_MS, scope: Scope | None = Scope.READ
) -> Asked:
    """Ask a route; a parameter's value may be a list of texts, and None leaves it out."""
    texts = {name: _texts(value) for name, value in given.items() if value is not None}
    return ask(route.path, route.parameters, texts, now_ms, scope)


def _texts(value: object) -> Sequence[str]:
    match value:
        case list() | tuple():
            return [str(part) for part in value]
        case Hour():
            return [value.window_start]
        case _:
            return [str(value)]


def pages_of(read: Read, route: Route, given: Given, *, now_ms: int = NOW_MS) -> list[Any]:
    """Follow the cursors to the end."""
    pages: list[Any] = []
    cursor: object = None
    while True:
        found = read(make_asked(route, {**given, "cursor": cursor}, now_ms=now_ms))
        pages.append(found.content)
        cursor = found.content["next_cursor"]
        if cursor is None:
            return pages


def problems_of(act: Callable[[], object]) -> list[tuple[str, Code]]:
    """Return field and code of each problem for which a question is refused."""
    try:
        act()
    except Refused as refused:
        return [(problem.field, problem.code) for problem in refused.problems]
    return []
