"""The events of a batch as pieces of its text, so that one unreadable event keeps out no other.

JSON's grammar allows what no parser of ours can store: half of a surrogate pair, or a number
beyond a double. The parser refuses the whole text then; this finds where each event begins and
ends, with a parser that builds no numbers and accepts any escape.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NoReturn

_SPACE = re.compile(r"[ \t\n\r]*")
_BEGIN = re.compile(r'[ \t\n\r]*(\{[ \t\n\r]*"events"[ \t\n\r]*:[ \t\n\r]*)?\[')


def events_in(body: bytes) -> list[bytes] | None:
    """Return the text of each event, or None where the body is not a batch of JSON values."""
    try:
        text = body.decode()
        begin = _BEGIN.match(text)
        if begin is None:
            return None
        pieces = list(_pieces(text, begin.end(), "]}" if begin.group(1) else "]"))
    except (ValueError, IndexError, RecursionError):
        return None
    return [piece.encode() for piece in pieces]


def _pieces(text: str, at: int, closing: str) -> Iterator[str]:
    at = _skip_space(text, at)
    while text[at] != "]":
        _, end = _DECODER.raw_decode(text, at)
        yield text[at:end]
        at = _after(text, _skip_space(text, end))
    if "".join(text[at:].split()) != closing:
        raise ValueError(text[at:])


def _after(text: str, at: int) -> int:
    """Return where the next event begins, or where the array ends."""
    following = _skip_space(text, at + 1)
    if text[at] == "]":
        return at
    if text[at] != "," or text[following] == "]":
        raise ValueError(at)
    return following


def _skip_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return at if found is None else found.end()


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(constant)


# Numbers stay text: Python refuses to convert integers of more than 4,300 digits.
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=_refuse_constant)
