"""Pydantic's errors as problems, in words for people who don't know pydantic."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from pydantic_core import ErrorDetails

from chalicelib.model.code import Code, Problem

# A field's name is chosen by the sender, and may be as long as the body.
MAX_FIELD = 100
# Lambda returns at most 6 MB, and the body is JSON within its JSON: anything escaped is escaped
# twice. A name of printable ASCII keeps all its `MAX_FIELD` characters, any other may keep fewer.
MAX_ESCAPED = 400

_BY_ERROR_TYPE: dict[str, tuple[Code, str]] = {
    "missing": (Code.MISSING_FIELD, "is required"),
    "extra_forbidden": (Code.UNKNOWN_FIELD, "is not a known field"),
    "string_type": (Code.WRONG_TYPE, "must be text"),
    "int_type": (Code.WRONG_TYPE, "must be a whole number"),
    "float_type": (Code.WRONG_TYPE, "must be a number"),
    "bool_type": (Code.WRONG_TYPE, "must be true or false"),
    "dict_type": (Code.WRONG_TYPE, "must be an object"),
    "list_type": (Code.WRONG_TYPE, "must be an array"),
    "too_short": (Code.TOO_SHORT, "must have at least {min_length:,} entries"),
    "too_long": (Code.TOO_LONG, "must have at most {max_length:,} entries"),
    "greater_than": (Code.OUT_OF_RANGE, "must be greater than {gt:,.0f}"),
    "is_instance_of": (Code.WRONG_TYPE, "must be an object"),
    "string_pattern_mismatch": (Code.WRONG_FORMAT, "must match {pattern}"),
    "string_too_short": (Code.TOO_SHORT, "must not be empty"),
    "string_too_long": (Code.TOO_LONG, "must have at most {max_length:,} characters"),
    "multiple_of": (Code.WRONG_TYPE, "must be a whole number"),
    "greater_than_equal": (Code.OUT_OF_RANGE, "must be at least {ge:,.0f}"),
    "less_than_equal": (Code.OUT_OF_RANGE, "must be at most {le:,.0f}"),
    "literal_error": (Code.NOT_ALLOWED, "must be one of {expected}"),
    "not_allowed": (Code.NOT_ALLOWED, "must be a currency code of ISO 4217, such as EUR"),
}
_BY_FIELD: dict[str, tuple[Code, str]] = {
    "event_type": (Code.WRONG_FORMAT, "must be lower snake case, such as page_view"),
    "event_id": (Code.WRONG_FORMAT, "must be 1 to 64 of the characters A-Z a-z 0-9 _ -"),
    "timestamp": (Code.TIMESTAMP_INVALID, "must be like 2026-11-21T10:00:00.123Z"),
    "ingested_at": (Code.TIMESTAMP_INVALID, "must be like 2026-11-21T10:00:00.123Z"),
}
# What helps the sender of an event, and of nothing else.
_ADVICE = {"extra_forbidden": "; put your own in properties"}
EVENT = "event"
_OBJECT_TYPES = frozenset({"dict_type", "model_attributes_type"})


def problems(
    details: Sequence[ErrorDetails], inside: str = "", subject: str = EVENT
) -> list[Problem]:
    """Translate the errors at or below the field `inside`, one problem per field.

    `subject` is what was sent; its name begins with a vowel.
    """
    found = [_problem(inside, detail, subject) for detail in details]
    return list({problem.field: problem for problem in found}.values())


def _problem(inside: str, detail: ErrorDetails, subject: str) -> Problem:
    path = ".".join(part for part in (inside, *map(str, detail["loc"])) if part)
    if not path and detail["type"] in _OBJECT_TYPES:
        return Problem("", Code.NOT_AN_OBJECT, f"an {subject} must be a JSON object")
    field = shortened(path)
    code, words = _worded(path, detail)
    advice = _ADVICE.get(detail["type"], "") if subject == EVENT else ""
    return Problem(field, code, f"{field or f'the {subject}'} {words}{advice}")


def _worded(path: str, detail: ErrorDetails) -> tuple[Code, str]:
    if detail["type"] == "string_pattern_mismatch" and path in _BY_FIELD:
        return _BY_FIELD[path]
    code, words = _BY_ERROR_TYPE.get(detail["type"], (Code.WRONG_TYPE, "has a wrong value"))
    return code, words.format(**detail.get("ctx", {}))


def shortened(text: str) -> str:
    """Shorten a sender's text to what an answer or a log may repeat.

    >>> shortened("colour")
    'colour'
    """
    escaped = accumulate(map(_escaped, text[:MAX_FIELD]))
    kept = sum(length <= MAX_ESCAPED for length in escaped)
    return text if kept == len(text) else text[:kept] + "…"


def _escaped(character: str) -> int:
    """Return the maximum number of bytes that a character takes when escaped twice."""
    if character in '"\\':
        return len(r"\\\"")
    if " " <= character <= "~":
        return 1
    return len(r"\\u0001") if character <= "\uffff" else len(r"\ud83d\ude00")
