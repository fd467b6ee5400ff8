"""Twenty made-up patterns, some with anomalies planted in them; the same for the same seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.detector.sketch import DAY, WEEK, Sketch
from ops.backtest.case import Case

SEEDS = (1, 2, 3, 4, 5)

type Chance = np.random.Generator


@dataclass(frozen=True, slots=True)
class Pattern:
    name: str
    draw: Callable[[Chance, str], Case]

    def case(self, seed: int) -> Case:
        # By its name, so that a pattern that is added changes no other.
        return self.draw(np.random.default_rng([seed, *self.name.encode()]), self.name)


def _flat(chance: Chance, name: str) -> Case:
    sketch = Sketch.of(chance, 200).plant(3, 1, 4, after=DAY + 6).plant(0.4, 3, 2, after=2 * WEEK)
    return sketch.counted(name)


def _daily(chance: Chance, name: str) -> Case:
    sketch = Sketch.of(chance, 2_000).daily(0.8)
    sketch.plant(3, 1, 4, after=DAY + 6).plant(0, 2, 2, after=2 * WEEK, least=500)
    return sketch.counted(name, spread=0.08)


def _daily_small(chance: Chance, name: str) -> Case:
    sketch = Sketch.of(chance, 30).daily(0.6)
    sketch.plant(4, 1, 4, after=DAY + 6, least=15).plant(0, 3, 2, after=2 * WEEK, least=25)
    return sketch.counted(name)


def _weekly(chance: Chance, name: str) -> Case:
    sketch = Sketch.of(chance, 1_000).daily(0.7).weekend(0.35)
    sketch.plant(2.5, 2, 4, after=WEEK + DAY).plant(0.35, 4, 3, after=4 * WEEK)
    return sketch.counted(name, spread=0.08)


def _quiet_week(chance: Chance, name: str) -> Case:
    return Sketch.of(chance, 800).daily(0.8).weekend(0.5).counted(name, spread=0.1)


def _growth(chance: Chance, name: str) -> Case:
    sketch = Sketch.of(chance, 300).daily(0.6).weekend(0.6).growing(0.1)
    sketch.plant(3, 1, 3, after=2 * WEEK).plant(0.3, 4, 3, after=4 * WEEK)
    return sketch.counted(name, spread=0.08)


def _decline(chance: Chance, name: str) -> Case:
    sketch = Sketch.of(chance, 1_500).daily(0.6).growing(-0.08)
    sketch.plant(2.5, 2, 3, after=2 * WEEK)
    return sketch.counted(name, spread=0.08)


def _drift(chance: Chance, name: str) -> Case:
    sketch = Sketch.of(chance, 400).daily(0.5)
    target = 3.0 if chance.random() < 0.5 else 1 / 3
    week = sketch.clock / WEEK
    sketch.level *= target ** np.clip((week - 4) / 3, 0, 1)
    return sketch.counted(name, spread=0.08)


def _bursty(chance: Chance, name: str) -> Case:
    sketch = Sketch.of(chance, 500).daily(0.4)
    sketch.level *= np.exp(_memory(chance, len(sketch.level), 0.7, 0.4))
    return sketch.plant(8, 2, 4, after=WEEK).plant(0, 3, 2, after=5 * WEEK).counted(name)


def _sparse(chance: Chance, name: str) -> Case:
    sketch = Sketch.of(chance, 0.6).daily(0.8)
    return sketch.plant(80, 1, 4, after=WEEK, least=0.5).counted(name)


def _zero_heavy(chance: Chance, name: str) -> Case:
    """Four hours in a hundred hold a burst, and the others nothing."""
    sketch = Sketch.of(chance, 1)
    is_burst = chance.random(len(sketch.level)) < 0.04
    sketch.level *= np.where(is_burst, 40 * np.exp(chance.normal(0, 0.5, len(is_burst))), 0)
    for low in (2, 5, 7):
        at = low * WEEK + int(chance.integers(2 * WEEK))
        sketch.level[at] = 1
        sketch.plant_at(at, 1_000, 1)
    return sketch.counted(name)


def _level_up(chance: Chance, name: str) -> Case:
    sketch = Sketch.of(chance, 300).daily(0.6)
    at = 5 * WEEK + int(chance.integers(WEEK))
    return sketch.plant_at(at, 2.5, 10 * WEEK, labelled=12).counted(name, spread=0.08)


def _level_down(chance: Chance, name: str) -> Case:
    sketch = Sketch.of(chance, 900).daily(0.6).weekend(0.7)
    at = 5 * WEEK + int(chance.integers(WEEK))
    return sketch.plant_at(at, 0.35, 10 * WEEK, labelled=12).counted(name, spread=0.08)


def _outage(chance: Chance, name: str) -> Case:
    sketch = Sketch.of(chance, 800).daily(0.7).weekend(0.8)
    for week, hours, left in ((1, 2, 0.0), (3, 8, 0.05), (5, 30, 0.0), (7, 4, 0.02)):
        sketch.plant_at(week * WEEK + int(chance.integers(2 * DAY, WEEK)), left, hours)
    return sketch.counted(name, spread=0.1)


def _night_job(chance: Chance, name: str) -> Case:
    """A job at three in the morning sends most of the day's events; once it fails to come."""
    sketch = Sketch.of(chance, 40)
    sketch.level[3::DAY] = 8_000
    sketch.plant_at(3 + DAY * int(chance.integers(10, 20)), 0.005, 1)
    sketch.plant_at(3 + DAY * int(chance.integers(40, 60)), 0.005, 1)
    return sketch.plant(5, 2, 3, after=2 * WEEK).counted(name, spread=0.1)


def _launch(chance: Chance, name: str) -> Case:
    """The first four days of a service: no week has been seen yet."""
    sketch = Sketch.of(chance, 400, 4 * DAY).daily(0.8)
    sketch.plant_at(int(chance.integers(30, 44)), 6, 1)
    return sketch.plant_at(int(chance.integers(60, 90)), 6, 1).counted(name, spread=0.1)


def _gaps(chance: Chance, name: str) -> Case:
    """Hours that were never rolled up, singly and two days in a row."""
    sketch = Sketch.of(chance, 600).daily(0.7).weekend(0.5)
    sketch.plant(3, 1, 4, after=2 * WEEK).plant(0, 3, 2, after=4 * WEEK, least=100)
    planted = {at for first, last in sketch.planted for at in range(first, last + 1)}
    hours = len(sketch.level)
    sketch.absent |= set(np.flatnonzero(chance.random(hours) < 0.05).tolist()) - planted
    hole = int(chance.integers(2 * WEEK, hours - 2 * DAY))
    sketch.absent |= set(range(hole, hole + 2 * DAY)) - planted
    return sketch.counted(name, spread=0.08)


def _latency_steady(chance: Chance, name: str) -> Case:
    traffic = Sketch.of(chance, 600).daily(0.8).level
    sketch = Sketch.of(chance, 320).plant(2, 6, 3, after=DAY + 6).plant(4, 1, 3, after=2 * WEEK)
    return sketch.timed(name, traffic)


def _latency_load(chance: Chance, name: str) -> Case:
    """Slower under load, slower still from release to release; the nights have few events."""
    traffic = Sketch.of(chance, 150).daily(0.85).weekend(0.6).level
    sketch = Sketch.of(chance, 200).daily(0.35).growing(0.03)
    sketch.plant(2.2, 5, 4, after=2 * WEEK)
    return sketch.timed(name, traffic, spread=0.1)


def _error_rate(chance: Chance, name: str) -> Case:
    traffic = Sketch.of(chance, 500).daily(0.7).weekend(0.5).level
    sketch = Sketch.of(chance, 0.008)
    return (
        sketch.plant(10, 2, 3, after=DAY + 6).plant(5, 4, 3, after=2 * WEEK).failed(name, traffic)
    )


def _memory(chance: Chance, hours: int, keeps: float, spread: float) -> np.ndarray:
    """Noise of this spread that lasts: each hour keeps a share of the one before."""
    shocks = chance.normal(0, spread * np.sqrt(1 - keeps**2), hours)
    for at in range(1, hours):
        shocks[at] += keeps * shocks[at - 1]
    return shocks


PATTERNS = (
    Pattern("flat", _flat),
    Pattern("daily", _daily),
    Pattern("daily_small", _daily_small),
    Pattern("weekly", _weekly),
    Pattern("quiet_week", _quiet_week),
    Pattern("growth", _growth),
    Pattern("decline", _decline),
    Pattern("drift", _drift),
    Pattern("bursty", _bursty),
    Pattern("sparse", _sparse),
    Pattern("zero_heavy", _zero_heavy),
    Pattern("level_up", _level_up),
    Pattern("level_down", _level_down),
    Pattern("outage", _outage),
    Pattern("night_job", _night_job),
    Pattern("launch", _launch),
    Pattern("gaps", _gaps),
    Pattern("latency_steady", _latency_steady),
    Pattern("latency_load", _latency_load),
    Pattern("error_rate", _error_rate),
)
