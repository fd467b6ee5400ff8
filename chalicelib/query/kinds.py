"""The kinds of value that query parameters take: how each is read, and its JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from chalicelib.model import instant
from chalicelib.model.code import Code
from chalicelib.model.instant import DAY_MS, HOUR_MS, MINUTE_MS
from chalicelib.model.wording import shortened
from chalicelib.query.refused import Wrong

type Schema = Mapping[str, object]

EVENT_TYPE = "_all|_other|[a-z][a-z0-9]*(_[a-z0-9]+)*"
MAX_NAME = 64

_MAX_DIGITS = 18

_DURATION = "([0-9]{1,12})(ms|s|m|h|d)"
_UNITS_MS = {"ms": 1, "s": 1_000, "m": MINUTE_MS, "h": HOUR_MS, "d": DAY_MS}
_DAY_OR_HOUR = re.compile(r"\d{4}-\d\d-\d\d(T\d\d)?", re.ASCII)
# Years that leave room for a default range on either side.
_EARLIEST_MS = 0
_LATEST_MS = instant.from_text("9998-12-31T23:59:59.999Z")
_MOMENT = "must be like 2026-11-21, 2026-11-21T10 or 2026-11-21T10:30:00Z"


class Kind[T](Protocol):
    """`is_list` says whether the parameter may be repeated, which equals separating by commas."""

    @property
    def is_list(self) -> bool: ...

    @property
    def schema(self) -> Schema: ...

    def read(self, text: str) -> T:
        """Read a value.

        Raises:
            Wrong: the text has none.
        """
        ...


@dataclass(frozen=True, slots=True)
class Choice[T: str]:
    values: tuple[T, ...]
    is_list: bool = False

    @property
    def schema(self) -> Schema:
        return {"type": "string", "enum": [*self.values]}

    def read(self, text: str) -> T:
        for value in self.values:
            if value == text:
                return value
        raise Wrong(Code.NOT_ALLOWED, f"must be one of {', '.join(self.values)}")


@dataclass(frozen=True, slots=True)
class Count:
    most: int
    least: int = 1
    is_list: bool = False

    @property
    def schema(self) -> Schema:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}

    def read(self, text: str) -> int:
        if not re.fullmatch(r"[+-]?[0-9]+", text):
            raise Wrong(Code.WRONG_TYPE, "must be a whole number")
        if len(text) > _MAX_DIGITS or not self.least <= int(text) <= self.most:
            raise Wrong(Code.OUT_OF_RANGE, f"must be from {self.least:,} to {self.most:,}")
        return int(text)


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time in milliseconds, as a whole number and its unit."""

    most_ms: int
    is_list: bool = False

    @property
    def schema(self) -> Schema:
        return {"type": "string", "pattern": f"^{_DURATION}$", "examples": ["10m"]}

    def read(self, text: str) -> int:
        found = re.fullmatch(_DURATION, text)
        if not found:
            raise Wrong(Code.WRONG_FORMAT, "must be like 500ms, 30s, 10m, 2h or 7d")
        length_ms = int(found[1]) * _UNITS_MS[found[2]]
        if not 1 <= length_ms <= self.most_ms:
            raise Wrong(Code.OUT_OF_RANGE, f"must be from 1ms to {self.most_ms // DAY_MS}d")
        return length_ms


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant in epoch milliseconds: ISO 8601 with a zone, or a day or hour in UTC."""

    is_list: bool = False

    @property
    def schema(self) -> Schema:
        forms = [
            {"format": "date-time"},
            {"format": "date"},
            {"pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}$"},
        ]
        return {"type": "string", "anyOf": forms, "examples": ["2026-11-21T10:30:00Z"]}

    def read(self, text: str) -> int:
        whole = _DAY_OR_HOUR.fullmatch(text)
        zoned = f"{text}{':00' if whole[1] else 'T00:00'}Z" if whole else text
        try:
            at_ms = instant.parse(zoned)
        except ValueError as error:
            raise Wrong(Code.TIMESTAMP_INVALID, _MOMENT + _hint(text)) from error
        if not _EARLIEST_MS <= at_ms <= _LATEST_MS:
            raise Wrong(Code.OUT_OF_RANGE, "must be in the years 1970 to 9998")
        return at_ms


def _hint(text: str) -> str:
    # A plus sign in a URL is a space.
    if " " in text:
        return "; write the + of a zone as %2B"
    with suppress(ValueError):
        instant.parse(f"{text}Z")
        return "; an instant needs a zone, such as Z"
    return ""


@dataclass(frozen=True, slots=True)
class Names:
    """A set of names, each once; none means all."""

    most: int
    pattern: str = EVENT_TYPE
    is_list: bool = True

    @property
    def schema(self) -> Schema:
        name = {"type": "string", "pattern": f"^({self.pattern})$", "maxLength": MAX_NAME}
        return {"type": "array", "items": name, "minItems": 1, "maxItems": self.most}

    def read(self, text: str) -> frozenset[str]:
        names = frozenset(text.split(","))
        for name in sorted(names):
            if len(name) > MAX_NAME or not re.fullmatch(self.pattern, name):
                words = f"must be lower snake case, such as page_view, and not {shortened(name)!r}"
                raise Wrong(Code.WRONG_FORMAT, words)
        if len(names) > self.most:
            raise Wrong(Code.TOO_LONG, f"must have at most {self.most} names")
        return names


@dataclass(frozen=True, slots=True)
class Text:
    pattern: str
    most: int
    is_list: bool = False

    @property
    def schema(self) -> Schema:
        pattern = f"^({self.pattern})$"
        return {"type": "string", "pattern": pattern, "minLength": 1, "maxLength": self.most}

    def read(self, text: str) -> str:
        if len(text) > self.most:
            raise Wrong(Code.TOO_LONG, f"must have at most {self.most:,} characters")
        if not re.fullmatch(self.pattern, text):
            raise Wrong(Code.WRONG_FORMAT, f"must match {self.pattern}")
        return text
