"""MiniStack with quick queries: the program that is the local cloud.

For every item of a partition, MiniStack parses the text of a query's key condition again. That
takes 0.05 ms an item, so that any query of a month's hours would take 40 ms. For every item that
is found it parses the projection again, and computes the size of every attribute. It writes JSON
in Python.
What queries of the pipeline have is done directly; everything else is left to MiniStack.

It is run by its path, and so imports nothing else of ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, Protocol

import orjson

_PARTITION = r"(?P<partition>\w+) ?= ?(?P<value>:\w+)"
_BOUNDS = r"(?P<sort>\w+) BETWEEN (?P<low>:\w+) AND (?P<high>:\w+)"
_NAMES = re.compile(r"[A-Za-z]\w*(, ?[A-Za-z]\w*)*", re.ASCII)
# The most that a page of items may have.
_PAGE_BYTES = 1_048_576
_KEYS = re.compile(f"{_PARTITION} AND {_BOUNDS}", re.ASCII)

type Values = Mapping[str, Any]
type Item = dict[str, Any]
type Project = Callable[[Item, str, Values], Item]
type Response = tuple[int, dict[str, str], bytes]
type Respond = Callable[..., Response]


class Evaluate(Protocol):
    def __call__(
        self, text: str, item: Values, values: Values, names: Values, slot: str = ...
    ) -> bool: ...


def quick(evaluate: Evaluate) -> Evaluate:
    """Return an evaluation with the same results, which parses a key condition once."""

    def evaluated(
        text: str, item: Values, values: Values, names: Values, slot: str = "ConditionExpression"
    ) -> bool:
        keys = _parsed(text) if slot == "KeyConditionExpression" else None
        if keys is None:
            return evaluate(text, item, values, names, slot=slot)
        try:
            partition, value, sort, low, high = (
                item[keys["partition"]]["S"],
                values[keys["value"]]["S"],
                item[keys["sort"]]["S"],
                values[keys["low"]]["S"],
                values[keys["high"]]["S"],
            )
        except KeyError:
            # Of another type, or missing, which MiniStack judges.
            return evaluate(text, item, values, names, slot=slot)
        return bool(partition == value and low <= sort <= high)

    return evaluated


@cache
def _parsed(text: str) -> Mapping[str, str] | None:
    found = _KEYS.fullmatch(text)
    return found.groupdict() if found else None


class Paginate(Protocol):
    def __call__(
        self, items: Sequence[Item], limit: int | None, table: Any, index_name: str | None = ...
    ) -> tuple[list[Item], bool]: ...


def quick_page(paginate: Paginate) -> Paginate:
    """Return a cut into pages with the same results, which sizes no item of a small page."""

    def paginated(
        items: Sequence[Item], limit: int | None, table: Any, index_name: str | None = None
    ) -> tuple[list[Item], bool]:
        page = [*items] if limit is None else [*items[: int(limit)]]
        try:
            # No attribute is longer than its JSON.
            is_small = len(orjson.dumps(page)) < _PAGE_BYTES
        except TypeError:
            is_small = False
        if not is_small:
            return paginate(items, limit, table, index_name)
        return page, limit is not None and len(page) >= int(limit)

    return paginated


def quick_projection(project: Project) -> Project:
    """Return a projection with the same results, which reads a list of names once."""

    @cache
    def names_of(text: str) -> Sequence[str]:
        if not _NAMES.fullmatch(text):
            return ()
        # It raises an error if one of them is reserved, or occurs twice.
        project({}, text, {})
        return [name.strip() for name in text.split(",")]

    def projected(item: Item, text: str, names: Values) -> Item:
        wanted = names_of(text)
        if not wanted:
            return project(item, text, names)
        return {name: item[name] for name in wanted if name in item}

    return projected


def quick_json(respond: Respond) -> Respond:
    """Return a response with the same JSON, but for spaces between its parts."""

    def responded(data: Any, *more: Any, **others: Any) -> Response:
        try:
            body = orjson.dumps(data)
        except TypeError:
            return respond(data, *more, **others)
        status, headers, _ = respond({}, *more, **others)
        return status, headers, body

    return responded


def hook(dynamodb: Any) -> None:
    """Replace functions of MiniStack's module, which has no other hooks."""
    dynamodb._evaluate_condition = quick(dynamodb._evaluate_condition)  # noqa: SLF001
    dynamodb._number_size_bytes = lru_cache(65_536)(dynamodb._number_size_bytes)  # noqa: SLF001
    dynamodb._paginate_evaluated_items = quick_page(dynamodb._paginate_evaluated_items)  # noqa: SLF001
    dynamodb._project_item = quick_projection(dynamodb._project_item)  # noqa: SLF001
    dynamodb.json_response = quick_json(dynamodb.json_response)


def main() -> None:
    from ministack import app
    from ministack.services import dynamodb

    hook(dynamodb)
    app.main()


if __name__ == "__main__":
    main()
