"""MiniStack with quick queries: the program that is the local cloud.

For every item of a partition, MiniStack parses the text of a query's key condition again. That
takes 0.05 ms an item, so that any query of a month's hours would take 40 ms.
Conditions in the form that queries of the pipeline have are compared directly; all others are
left to MiniStack. It also computes the size of every number of every item that is read, which
are remembered here.

It is run by its path, and so imports nothing else of ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, Protocol

_PARTITION = r"(?P<partition>\w+) ?= ?(?P<value>:\w+)"
_BOUNDS = r"(?P<sort>\w+) BETWEEN (?P<low>:\w+) AND (?P<high>:\w+)"
_KEYS = re.compile(f"{_PARTITION} AND {_BOUNDS}", re.ASCII)

type Values = Mapping[str, Any]


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


def main() -> None:
    from ministack import app
    from ministack.services import dynamodb

    # It has no other hooks.
    dynamodb._evaluate_condition = quick(dynamodb._evaluate_condition)  # noqa: SLF001
    dynamodb._number_size_bytes = lru_cache(65_536)(dynamodb._number_size_bytes)  # noqa: SLF001
    app.main()


if __name__ == "__main__":
    main()
