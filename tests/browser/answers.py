"""The read API's answers over a made-up world, in the shapes of its contract."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.errors import AttributionOff
from chalicelib.query.refused import Refused as RefusedByVerb
from tests.browser import made_up_credits
from tests.browser.world import ALL, HOUR, MINUTE, Cell, World, spans, total
from tests.browser.worlds import instant

DAY = timedelta(days=1)
STEPS = {"minute": MINUTE, "hour": HOUR, "day": DAY}

type Query = Mapping[str, str]


class Refused(Exception):
    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(code, message)
        self.status = status
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Answers:
    world: World

    def __call__(self, route: str, query: Query) -> dict[str, Any]:
        if route.partition("/")[0] == "experiments":
            return self.world.trials(route)
        routes: dict[str, Callable[[Query], dict[str, Any]]] = {
            "metrics/live": self.live,
            "metrics": self.metrics,
            "metrics/event-types": self.event_types,
            "anomalies": self.anomalies,
            "runs": lambda query: {
                "runs": self.world.runs[: int(query.get("limit", "20"))],
                "next_cursor": None,
            },
            "attribution": self.attribution,
            "quarantine": self.quarantine,
            "freshness": lambda _: self.freshness(),
        }
        return routes[route](query)

    def attribution(self, query: Query) -> dict[str, Any]:
        try:
            return made_up_credits.answer(self.world.campaigns, query, self.world.clock())
        except AttributionOff as error:
            raise Refused("attribution_off", "This stage has no attribution.", 404) from error
        except RefusedByVerb as refused:
            raise Refused(refused.problems[0].code, refused.problems[0].message) from refused

    def _range(self, query: Query, default: timedelta) -> tuple[datetime, datetime]:
        now = self.world.clock()
        end = _moment(query["to"]) if "to" in query else now
        start = _moment(query["from"]) if "from" in query else end - default
        if start >= end:
            raise Refused("invalid_range", "from must be before to")
        return start, end

    def _types(self, query: Query) -> list[str]:
        asked_for = query.get("event_type", "")
        return asked_for.split(",") if asked_for else [*self.world.types, ALL]

    def _cell(self, name: str, start: datetime, end: datetime) -> Cell:
        names = self.world.types if name == ALL else [name]
        return total(self.world.counted(n, start, end) for n in names)

    def live(self, query: Query) -> dict[str, Any]:
        step = STEPS[query.get("by", "minute")]
        start, end = self._range(query, HOUR)
        rows = []
        for since, until in spans(_floor(start, step), end, step):
            cells = {name: self._cell(name, since, until) for name in self._types(query)}
            for name, cell in _busiest_first(cells):
                common = _common(name, since, until, cell)
                rows.append(common | {"records": cell.events, "latency": _latency(cell, 0.048)})
        return {"from": instant(start), "to": instant(end), "rows": rows, "next_cursor": None}

    def metrics(self, query: Query) -> dict[str, Any]:
        start, end = self._range(query, DAY)
        by = query.get("by", "hour")
        if by == "hour" and end - start > timedelta(days=31):
            raise Refused("range_too_wide", "by hour, a range may have up to 31 days; ask by day")
        hours = [since for since, _ in spans(_floor(start, HOUR), end, HOUR)]
        rolled_up = [hour for hour in hours if self.world.is_rolled_up(hour)]
        rows = []
        for since, until in self._spans(by, start, end):
            within = [hour for hour in rolled_up if since <= hour < until]
            cells = {name: self._merged(name, within) for name in self._types(query)}
            is_final = len(within) * HOUR == until - since
            for name, cell in _busiest_first(cells):
                rows.append(_rolled_up(name, since, until, cell) | {"final": is_final})
        missing = [
            instant(hour)
            for hour in hours
            if hour + HOUR <= self.world.clock() and not self.world.is_rolled_up(hour)
        ]
        return {
            "from": instant(start),
            "to": instant(end),
            "by": by,
            "rows": rows,
            "hours_not_rolled_up": missing,
            "unknown_event_types": [],
            "next_cursor": None,
        }

    def _spans(self, by: str, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        if by == "range":
            return [(start, end)]
        return list(spans(_floor(start, STEPS[by]), end, STEPS[by]))

    def _merged(self, name: str, hours: list[datetime]) -> Cell:
        return total(self._cell(name, hour, hour + HOUR) for hour in hours)

    def event_types(self, query: Query) -> dict[str, Any]:
        start, end = self._range(query, 7 * DAY)
        hours = [hour for hour, _ in spans(_floor(start, HOUR), end, HOUR)]
        rolled_up = [hour for hour in hours if self.world.is_rolled_up(hour)]
        # A sample is enough for their order, and many times as fast.
        cells = {name: self._merged(name, rolled_up[::-7]) for name in self.world.types}
        n_events = sum(cell.events for cell in cells.values())
        types = [
            {
                "event_type": name,
                "events": cell.events,
                "errors": cell.errors,
                "share": cell.events / n_events,
                "newest_hour": instant(min(rolled_up[-1], self.world.ended_at - HOUR)),
            }
            for name, cell in _busiest_first(cells)
        ]
        found = {"event_types": types, "total": len(types)}
        return {"from": instant(start), "to": instant(end)} | found

    def anomalies(self, query: Query) -> dict[str, Any]:
        start, end = self._range(query, DAY)
        found = [a for a in self.world.anomalies if start <= _moment(a["hour"]) < end]
        return {
            "from": instant(start),
            "to": instant(end),
            "anomalies": found,
            "next_cursor": None,
        }

    def quarantine(self, query: Query) -> dict[str, Any]:
        start, end = self._range(query, DAY)
        found = [
            line
            for line in self.world.quarantine
            if start <= _moment(line["arrived_at"]) < end
            and query.get("code", line["code"]) == line["code"]
        ]
        counts = Counter((line["arrived_at"][:13] + ":00:00.000Z", line["code"]) for line in found)
        return {
            "from": instant(start),
            "to": instant(end),
            "counts": [
                {"hour": hour, "code": code, "records": records}
                for (hour, code), records in sorted(counts.items())
            ],
            "samples": found[: int(query.get("limit", "20"))],
        }

    def freshness(self) -> dict[str, Any]:
        now, world = self.world.clock(), self.world
        newest = instant(now - timedelta(seconds=3)) if world.types else None
        hour = _floor(now, HOUR)
        due = sorted(world.not_rolled_up)
        settled = next((h for n in range(1, 48) if world.is_rolled_up(h := hour - n * HOUR)), hour)
        rolled_up = instant(settled + HOUR) if world.types else None
        behind = (now - due[0] - HOUR).total_seconds() if due else 0.0
        needs = world.needs
        return {
            "status": "attention" if needs else "ok",
            "summary": f"{len(needs)} things need you." if needs else "Everything is up to date.",
            "needs": needs,
            "stages": [
                _stage("process", newest, None, None),
                _stage("transform", newest, 0.0, world.dead_letters),
                _stage("rollup", rolled_up, behind, len(due)),
                _stage("judgement", rolled_up, None, 0),
            ],
            "hours_due": {"count": len(due), "oldest": instant(due[0]) if due else None},
            "dead_letters": {"transform": world.dead_letters},
            "last_run": world.runs[0] if world.runs else None,
            "shards": [],
        }


def _stage(name: str, newest: str | None, behind: float | None, waiting: int | None) -> Any:
    return {"stage": name, "newest_at": newest, "behind_s": behind, "waiting": waiting}


def _busiest_first(cells: Mapping[str, Cell]) -> list[tuple[str, Cell]]:
    found = [(name, cell) for name, cell in cells.items() if cell.events]
    return sorted(found, key=lambda pair: (pair[0] != ALL, -pair[1].events))


def _common(name: str, start: datetime, end: datetime, cell: Cell) -> dict[str, Any]:
    return {
        "event_type": name,
        "from": instant(start),
        "to": instant(end),
        "errors": cell.errors,
        "error_rate": cell.errors / cell.events,
        "amounts": {
            currency: {"count": n, "total_micros": micros, "total": micros / 1e6}
            for currency, (n, micros) in cell.amounts.items()
        },
    }


def _latency(cell: Cell, relative_error: float) -> dict[str, Any] | None:
    if cell.latency_ms is None:
        return None
    ms = cell.latency_ms
    return {
        "count": cell.events,
        "mean_ms": ms * 1.2,
        "min_ms": ms * 0.2,
        "max_ms": ms * 9,
        "p50_ms": ms,
        "p90_ms": ms * 2.1,
        "p95_ms": ms * 2.9,
        "p99_ms": ms * 5.2,
        "relative_error": relative_error,
    }


def _rolled_up(name: str, start: datetime, end: datetime, cell: Cell) -> dict[str, Any]:
    hours = (end - start) / HOUR
    is_merged = hours > 1
    return _common(name, start, end, cell) | {
        "hours": hours,
        "events": cell.events,
        "users": max(1, round(cell.events * (0.09 if is_merged else 0.2))),
        "users_relative_error": 0.008 if is_merged else 0.0,
        "latency": _latency(cell, 0.024 if is_merged else 0.0),
        "reconciliation": {
            "expected": cell.events,
            "found": cell.events,
            "duplicates": 0,
            "missing": 0,
        },
    }


def _moment(text: str) -> datetime:
    """Read a moment as the API does: a day, an hour, or ISO 8601."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _floor(moment: datetime, step: timedelta) -> datetime:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return moment - (moment - epoch) % step
