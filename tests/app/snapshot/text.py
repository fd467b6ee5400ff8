"""Snapshots as JSON that people can read, and the difference between two of them."""

from __future__ import annotations

import json
from difflib import unified_diff
from hashlib import sha256

WIDTH = 99
MAX_TEXT = 3_000
MAX_DIFF_LINES = 150


def readable(text: str) -> object:
    """Parse compact JSON, unless writing it again would give another text.

    So the snapshot pins the order of fields and the form of numbers as well.
    """
    try:
        value: object = json.loads(text)
    except ValueError:
        return text
    is_same = json.dumps(value, separators=(",", ":"), ensure_ascii=False) == text
    return value if is_same and isinstance(value, dict | list) else text


def presented(value: object) -> str:
    """Write a snapshot's file."""
    return written(_legible(value)) + "\n"


def _legible(value: object) -> object:
    """Split texts into lines; replace very long ones by their beginning and hash."""
    match value:
        case dict():
            return {name: _legible(part) for name, part in value.items()}
        case list():
            return [_legible(part) for part in value]
        case str() if len(value) > MAX_TEXT:
            digest = sha256(value.encode(errors="surrogatepass")).hexdigest()
            return f"{value[:80]}… {len(value)} characters, SHA-256 {digest}"
        case str() if "\n" in value:
            return {"lines": value.split("\n")}
        case _:
            return value


def written(value: object, indent: int = 0, before: int = 0) -> str:
    """Write JSON, each value on one line if it fits after `indent` and `before` characters."""
    line = json.dumps(value)
    if not isinstance(value, dict | list) or not value or indent + before + len(line) < WIDTH:
        return line
    pad = " " * (indent + 1)
    if isinstance(value, list):
        parts = [written(part, indent + 1) for part in value]
    else:
        names = {name: f"{json.dumps(name)}: " for name in value}
        parts = [names[n] + written(part, indent + 1, len(names[n])) for n, part in value.items()]
    opening, closing = "[]" if isinstance(value, list) else "{}"
    inside = ",\n".join(pad + part for part in parts)
    return f"{opening}\n{inside}\n{' ' * indent}{closing}"


def difference(recorded: str, now: str) -> str:
    """Return a unified diff, empty if nothing differs."""
    lines = list(
        unified_diff(recorded.splitlines(), now.splitlines(), "recorded", "now", lineterm="")
    )
    left = len(lines) - MAX_DIFF_LINES
    return "\n".join(
        [*lines[:MAX_DIFF_LINES], *([f"… and {left} lines more"] if left > 0 else [])]
    )
