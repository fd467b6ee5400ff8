"""A deployment's data, made up from a clock alone: the same moment always has the same events."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

ALL = "_all"
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
NO_TRIALS: dict[str, Any] = {"experiments": [], "verdicts": {}}

type Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Kind:
    """One event type: how much there is of it an hour, and what it is like."""

    per_hour: float
    error_rate: float = 0.002
    latency_ms: float | None = None
    amounts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cell:
    """What was counted in some span of time."""

    events: int = 0
    errors: int = 0
    latency_ms: float | None = None
    amounts: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def __add__(self, other: Cell) -> Cell:
        return total((self, other))


def total(cells: Iterable[Cell]) -> Cell:
    """Return the sum; its latency is the mean of those that have one."""
    found = [cell for cell in cells if cell.events]
    amounts: dict[str, tuple[int, int]] = {}
    for cell in found:
        for currency, (n, micros) in cell.amounts.items():
            n_before, micros_before = amounts.get(currency, (0, 0))
            amounts[currency] = (n_before + n, micros_before + micros)
    timed = [(cell.latency_ms, cell.events) for cell in found if cell.latency_ms is not None]
    weight = sum(events for _, events in timed)
    return Cell(
        sum(cell.events for cell in found),
        sum(cell.errors for cell in found),
        sum(ms * events for ms, events in timed) / weight if weight else None,
        amounts,
    )


@dataclass
class World:
    clock: Clock
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    began_at: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    ended_at: datetime = datetime(2100, 1, 1, tzinfo=UTC)
    anomalies: list[dict[str, Any]] = field(default_factory=list)
    spikes: Mapping[tuple[str, datetime], float] = field(default_factory=dict)
    quarantine: list[dict[str, Any]] = field(default_factory=list)
    runs: list[dict[str, Any]] = field(default_factory=list)
    needs: list[dict[str, Any]] = field(default_factory=list)
    not_rolled_up: set[datetime] = field(default_factory=set)
    dead_letters: int = 0
    # The weight of each campaign's credit; None where attribution is off.
    campaigns: Mapping[str, float] | None = field(default_factory=dict)
    posted: list[tuple[datetime, dict[str, Any]]] = field(default_factory=list)
    trials: Callable[[str], dict[str, Any]] = lambda _route: NO_TRIALS
    _whole_hours: dict[tuple[str, datetime], Cell] = field(default_factory=dict)

    def post(self, event: dict[str, Any]) -> None:
        self.posted.append((self.clock(), event))

    @property
    def types(self) -> list[str]:
        return sorted({*self.kinds, *(event["event_type"] for _, event in self.posted)})

    def is_rolled_up(self, hour: datetime) -> bool:
        """Say whether an hour's rollup exists: it is made ten minutes after the hour."""
        return hour + HOUR + 10 * MINUTE <= self.clock() and hour not in self.not_rolled_up

    def counted(self, name: str, start: datetime, end: datetime) -> Cell:
        """Return what was counted of a type in [start, end), which lies within one hour."""
        posted = [e for at, e in self.posted if e["event_type"] == name and start <= at < end]
        cell = Cell(len(posted))
        end = min(end, self.clock())
        if start >= end or name not in self.kinds:
            return cell
        start, end = max(start, self.began_at), min(end, self.ended_at)
        if start >= end:
            return cell
        if end - start < HOUR:
            return cell + self._made_up(name, start, end)
        if (name, start) not in self._whole_hours:
            self._whole_hours[name, start] = self._made_up(name, start, end)
        return cell + self._whole_hours[name, start]

    def _made_up(self, name: str, start: datetime, end: datetime) -> Cell:
        kind = self.kinds[name]
        hour = start.replace(minute=0, second=0, microsecond=0)
        whole = _hourly(kind.per_hour, name, hour) * self.spikes.get((name, hour), 1)
        events = int(whole + 0.5)
        if end - start < HOUR:
            shares = _shares(name, hour)
            events = _upto(shares, whole, end, hour) - _upto(shares, whole, start, hour)
        errors = round(events * kind.error_rate * (1 + 0.5 * math.sin(hour.hour)))
        slow = self.spikes.get((f"{name} latency", hour), 1)
        latency = kind.latency_ms and kind.latency_ms * slow * (1 + 0.1 * math.sin(hour.hour / 3))
        amounts = {
            currency: (round(events * share), round(events * share * 41.37 * 1e6))
            for currency, share in kind.amounts.items()
            if round(events * share)
        }
        return Cell(events, errors if events else 0, latency if events else None, amounts)


@cache
def _hourly(per_hour: float, name: str, hour: datetime) -> float:
    by_day = 1 + 0.6 * math.sin((hour.hour - 8) / 24 * 2 * math.pi)
    by_week = 0.75 if hour.weekday() >= 5 else 1
    noise = random.Random(f"{name} {hour}").uniform(0.9, 1.1)
    return per_hour * by_day * by_week * noise


@cache
def _shares(name: str, hour: datetime) -> tuple[float, ...]:
    """Return how much of an hour's events has come after each of its minutes."""
    chance = random.Random(f"{hour} {name}")
    weights = [chance.uniform(0.7, 1.3) for _ in range(60)]
    total = sum(weights)
    upto = [0.0]
    for weight in weights:
        upto.append(upto[-1] + weight / total)
    return tuple(upto)


def _upto(shares: tuple[float, ...], whole: float, end: datetime, hour: datetime) -> int:
    minutes = min((end - hour) / MINUTE, 60)
    below = int(minutes)
    share = shares[below] + (minutes - below) * (shares[min(below + 1, 60)] - shares[below])
    return int(whole * share + 0.5)


def spans(start: datetime, end: datetime, step: timedelta) -> Iterator[tuple[datetime, datetime]]:
    while start < end:
        yield start, start + step
        start += step
