"""MiniStack with quick queries and logs: the program that is the local cloud.

For every item of a partition, MiniStack parses the text of a query's key condition again. That
takes 0.05 ms an item, so that any query of a month's hours would take 40 ms. For every item that
is found it parses the projection again, and computes the size of every attribute. It writes JSON
in Python.
What queries of the pipeline have is done directly; everything else is left to MiniStack.

After every invocation of a function, MiniStack waits to see whether more lines of its log arrive:
5 ms after the last one, and 50 ms if there was none. But a function writes its lines before its
answer, so that all of them are in the pipe by then.

It is run by its path, and so imports nothing else of ours.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from operator import is_
from select import POLLIN, poll
from threading import Lock
from typing import IO, Any, Protocol

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


class WrittenItems:
    """The JSON of items that were just measured, which their answer need not write again."""

    def __init__(self) -> None:
        self._items: Sequence[Item] = ()
        self._json = b""

    def size(self, items: Sequence[Item]) -> int:
        """Return the size of their JSON.

        Raises:
            TypeError: they have none.
        """
        self._items, self._json = items, orjson.dumps(items)
        return len(self._json)

    def within(self, data: Any) -> Any:
        """Return an answer to be written; items that were projected are others."""
        # Used once, since items change in place.
        measured, written = self._items, self._json
        self._items, self._json = (), b""
        items = data.get("Items") if isinstance(data, dict) else None
        if not items or len(items) != len(measured) or not all(map(is_, items, measured)):
            return data
        return data | {"Items": orjson.Fragment(written)}


_WRITTEN = WrittenItems()


def quick_page(paginate: Paginate, written: WrittenItems = _WRITTEN) -> Paginate:
    """Return a cut into pages with the same results, which sizes no item of a small page."""

    def paginated(
        items: Sequence[Item], limit: int | None, table: Any, index_name: str | None = None
    ) -> tuple[list[Item], bool]:
        page = [*items] if limit is None else [*items[: int(limit)]]
        try:
            # No attribute is longer than its JSON.
            is_small = written.size(page) < _PAGE_BYTES
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


def quick_json(respond: Respond, written: WrittenItems = _WRITTEN) -> Respond:
    """Return a response with the same JSON, but for spaces between its parts."""

    def responded(data: Any, *more: Any, **others: Any) -> Response:
        try:
            body = orjson.dumps(written.within(data))
        except TypeError:
            return respond(data, *more, **others)
        status, headers, _ = respond({}, *more, **others)
        return status, headers, body

    return responded


class SortValue(Protocol):
    def __call__(self, attribute: Item | None, kind: str) -> Any: ...


def quick_sort_value(value_of: SortValue) -> SortValue:
    """Return what an item is sorted by, without a look at other types where that is text."""

    def sort_value(attribute: Item | None, kind: str) -> Any:
        text = attribute.get("S") if attribute and kind == "S" else None
        return value_of(attribute, kind) if text is None else text

    return sort_value


class LogPipe:
    """The lines that a process writes; several threads may take them."""

    def __init__(self, pipe: IO[str], put: Callable[[str], None]) -> None:
        # Kept, so that its number is not used again.
        self._pipe = pipe
        self._put = put
        os.set_blocking(pipe.fileno(), False)
        self._lock = Lock()
        self._rest = b""
        self._has_ended = False

    def pass_on(self) -> None:
        """Take lines as they come, until the process ends."""
        arrivals = poll()
        arrivals.register(self._pipe, POLLIN)
        while not self._has_ended:
            arrivals.poll()
            self._take()

    def catch_up(self) -> None:
        """Take all lines that were written before."""
        while self._take():
            pass

    def _take(self) -> bool:
        """Take what has arrived, and say whether anything had."""
        with self._lock:
            try:
                content = os.read(self._pipe.fileno(), 65_536)
            except BlockingIOError:
                return False
            self._has_ended = not content
            *lines, self._rest = (self._rest + (content or b"\n")).split(b"\n")
            for line in lines if content else filter(None, lines):
                self._put(line.decode(errors="replace"))
            return bool(content)


def read_stderr(worker: Any) -> None:
    """Put a worker's lines into its queue."""
    worker.log_pipe = LogPipe(worker._proc.stderr, worker._stderr_queue.put)  # noqa: SLF001
    worker.log_pipe.pass_on()


class Drain(Protocol):
    def __call__(self, worker: Any, *more: float, **others: float) -> str: ...


def quick_drain(drain: Drain) -> Drain:
    """Return the lines of a worker that has answered, without waiting for others."""

    def drained(worker: Any, *more: float, **others: float) -> str:
        if not hasattr(worker, "log_pipe"):
            return drain(worker, *more, **others)
        worker.log_pipe.catch_up()
        lines: str = worker._drain_stderr()  # noqa: SLF001
        return lines

    return drained


def hook_queries(dynamodb: Any) -> None:
    """Replace functions of MiniStack's module, which has no other hooks."""
    dynamodb._evaluate_condition = quick(dynamodb._evaluate_condition)  # noqa: SLF001
    dynamodb._number_size_bytes = lru_cache(65_536)(dynamodb._number_size_bytes)  # noqa: SLF001
    dynamodb._paginate_evaluated_items = quick_page(dynamodb._paginate_evaluated_items)  # noqa: SLF001
    dynamodb._sort_key_value = quick_sort_value(dynamodb._sort_key_value)  # noqa: SLF001
    dynamodb._project_item = quick_projection(dynamodb._project_item)  # noqa: SLF001
    dynamodb.json_response = quick_json(dynamodb.json_response)


def hook_logs(worker: Any) -> None:
    worker._read_stderr = read_stderr  # noqa: SLF001
    worker._drain_stderr_bounded = quick_drain(worker._drain_stderr_bounded)  # noqa: SLF001


def main() -> None:
    from ministack import app
    from ministack.core.lambda_runtime import Worker
    from ministack.services import dynamodb

    hook_queries(dynamodb)
    hook_logs(Worker)
    app.main()


if __name__ == "__main__":
    main()
