"""Which variants the users of events have, as long as no definition changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from chalicelib.model.about_users import place_of
from chalicelib.model.assignment import assign
from chalicelib.model.distinct import Place
from chalicelib.model.experiment import MAX_RUNNING, Experiment
from chalicelib.model.marks import UNKNOWN, Counted, Marked, Marks

# Of a container; hashing a user for three experiments takes twenty times as long as finding one.
MAX_USERS = 50_000

type MarksByType = dict[str, Marks]


@dataclass(frozen=True, slots=True)
class Plan:
    """Marks events that arrive from `first_ms` to before `end_ms`, by their type and user."""

    first_ms: float
    end_ms: float
    marks: Callable[[str, str], Marked | None]

    @classmethod
    def of(cls, first_ms: float, end_ms: float, running: Iterable[Experiment]) -> Plan:
        some = sorted(running, key=lambda one: one.experiment_id)[:MAX_RUNNING]
        return cls(first_ms, end_ms, _marking(some))

    @classmethod
    def unknown(cls, first_ms: float, end_ms: float) -> Plan:
        return cls(first_ms, end_ms, lambda _event_type, _user_id: UNKNOWN)


def _marking(running: list[Experiment]) -> Callable[[str, str], Marked | None]:
    types = frozenset().union(*(one.touched_types for one in running))
    combinations: dict[tuple[str | None, ...], MarksByType] = {}

    @lru_cache(MAX_USERS)
    def of_user(user_id: str) -> tuple[MarksByType, Place]:
        variants = tuple(assign(one, user_id).variant for one in running)
        found = combinations.get(variants)
        if found is None:
            found = combinations[variants] = _by_type(running, variants)
        return found, place_of(user_id)

    def marks(event_type: str, user_id: str) -> Marked | None:
        if event_type not in types:
            return None
        by_type, place = of_user(user_id)
        found = by_type.get(event_type)
        return None if found is None else (found, place)

    return marks


def _by_type(running: list[Experiment], variants: tuple[str | None, ...]) -> MarksByType:
    pairs = [(one, key) for one, key in zip(running, variants, strict=True) if key is not None]
    types = frozenset().union(*(one.touched_types for one, _ in pairs))
    return {event_type: _marks(event_type, pairs) for event_type in types}


def _marks(event_type: str, pairs: list[tuple[Experiment, str]]) -> Marks:
    counted = tuple(
        Counted(one.experiment_id, variant, event_type == one.primary.event_type)
        for one, variant in pairs
        if event_type in one.touched_types
    )
    return Marks({one.experiment_id: one.variant for one in counted}, counted)
