"""Time and randomness that repeat, in place of what a pipeline would use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cached_property
from itertools import count
from typing import Any

TICK_MS = 5


@dataclass(slots=True)
class FixedTime:
    """A clock that advances only when it is read, by a tick, or slept on."""

    now_ms: int = 0

    def clock(self) -> int:
        self.now_ms += TICK_MS
        return self.now_ms

    def timer(self) -> float:
        return self.now_ms / 1000

    def sleep(self, seconds: float) -> None:
        self.now_ms += round(seconds * 1000)


def fix(pipeline: object, time: FixedTime) -> None:
    """Build every stage, and replace each field that would make two runs differ.

    Fields are found by name, wherever they are, so that classes can move between modules.
    """
    found: set[str] = set()
    replacements = _replacements(time)
    _fix_properties(pipeline, replacements, found)
    assert found == replacements.keys(), f"nothing has a field {replacements.keys() - found}"


def _replacements(time: FixedTime) -> Mapping[str, Callable[..., Any]]:
    numbers = count(1)
    return {
        "clock": time.clock,
        "timer": time.timer,
        "sleep": time.sleep,
        "jitter": lambda: 0.5,
        # Sets bits in both of the places where an id has random ones.
        "entropy": lambda: 0xABC << 62 | next(numbers),
        # Sequential, so that threads don't race for the clock's ticks.
        "each": map,
        "read_each": map,
    }


def _fix_properties(holder: object, replacements: Mapping[str, Any], found: set[str]) -> None:
    for name, attribute in vars(type(holder)).items():
        if isinstance(attribute, cached_property):
            vars(holder)[name] = _fixed(getattr(holder, name), replacements, found)


def _fixed(part: Any, replacements: Mapping[str, Any], found: set[str]) -> Any:
    if any(isinstance(attribute, cached_property) for attribute in vars(type(part)).values()):
        _fix_properties(part, replacements, found)
        return part
    if not is_dataclass(part) or isinstance(part, type):
        return part
    changes = {}
    for field in fields(part):
        if field.name in replacements:
            found.add(field.name)
            changes[field.name] = replacements[field.name]
        else:
            changes[field.name] = _fixed(getattr(part, field.name), replacements, found)
    return replace(part, **changes)
