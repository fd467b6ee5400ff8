"""What the demo plants is found, and nothing else, at whatever time of day it is run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import numpy as np
import pytest

from chalicelib.model import instant
from chalicelib.model.figures import Figures
from chalicelib.model.hour import Hour
from ops.demo.incidents import EVENT_TYPE, MIN_EVENTS, MIN_HOURS, Incident, planted
from ops.traffic.generator import Planned, plan
from tests.builders import NOON
from tests.unit.anomalies.judging import World

pytestmark = pytest.mark.slow


def make_incidents(
    seed: int = 1, end: Hour = NOON, n_events: int = 20_000, n_hours: int = 30
) -> tuple[list[Planned], list[Planned], list[Incident]]:
    """A plan, the same with its incidents, and what these are."""
    first = end.plus(-n_hours)
    usual = plan(first.start_ms, end.start_ms, n_events=n_events, seed=seed)
    return usual, *planted(usual, first.until(end), seed)


def figures_of(planned: Sequence[Planned]) -> Mapping[Hour, Mapping[str, Figures]]:
    """Count as the rollup does, each event once and by its own hour."""
    events: dict[Hour, dict[str, dict[object, Mapping[str, Any]]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    for event in (one.event for one in planned if one.kind != "invalid"):
        for name in ("_all", str(event["event_type"])):
            properties = event["properties"]
            assert isinstance(properties, dict)
            identity = event["user_id"], event["event_id"]
            events[hour_of(event)][name][identity] = properties
    return {
        hour: {name: figures(list(by_id.values())) for name, by_id in types.items()}
        for hour, types in events.items()
    }


def hour_of(event: Mapping[str, object]) -> Hour:
    timestamp = event["timestamp"]
    return Hour.of(timestamp if isinstance(timestamp, int) else instant.parse(str(timestamp)))


def figures(properties: Sequence[Mapping[str, Any]]) -> Figures:
    latencies = [p.get("latency_ms", p.get("duration_ms")) for p in properties]
    known = [latency for latency in latencies if latency is not None]
    return Figures(
        events=len(properties),
        errors=sum(p.get("status_code", 200) >= 500 for p in properties),
        latencies=len(known),
        latency_p95_ms=float(np.percentile(known, 95)) if known else None,
    )


def told(planned: Sequence[Planned], end: Hour) -> Iterator[tuple[str, str, Hour]]:
    """Judge the plan's hours as a run of the state machine would, and say what people hear."""
    world = World(now_ms=end.start_ms + 10 * 60_000)
    world.marks.marks.clear()
    world.aggregates.kept_figures.clear()
    for hour, types in figures_of(planned).items():
        if hour < end:
            world.roll_up(hour)
            world.aggregates.kept_figures[hour] = types
    world.run()
    for alert in world.alerts.published:
        hour = Hour.parse(str(alert.body["window_start"]))
        anomalies = cast("list[dict[str, object]]", alert.body["anomalies"])
        if any(anomaly["event_type"] == EVENT_TYPE for anomaly in anomalies):
            yield str(alert.body["metric"]), str(alert.body["direction"]), hour
        else:
            yield "of", "others", hour


@pytest.mark.parametrize("hour_of_day", range(0, 24, 4))
def test_the_incidents_are_alerted_and_nothing_else(hour_of_day: int) -> None:
    end = NOON.plus(hour_of_day)
    for seed in (1, 2):
        _, planned, incidents = make_incidents(seed, end)

        expected = sorted((t.metric, t.direction, t.hour) for t in incidents)
        assert sorted(told(planned, end)) == expected


@pytest.mark.parametrize("hour_of_day", range(2, 24, 7))
def test_the_smallest_demo_with_incidents_alerts_them(hour_of_day: int) -> None:
    end = NOON.plus(hour_of_day)
    _, planned, incidents = make_incidents(1, end, n_events=MIN_EVENTS, n_hours=MIN_HOURS)

    expected = sorted((t.metric, t.direction, t.hour) for t in incidents)
    assert sorted(told(planned, end)) == expected


@pytest.mark.parametrize(
    ("n_events", "n_hours"), [(4_000, MIN_HOURS), (MIN_EVENTS, MIN_HOURS - 1)]
)
def test_what_could_not_be_judged_is_not_planted(n_events: int, n_hours: int) -> None:
    usual, planned, incidents = make_incidents(n_events=n_events, n_hours=n_hours)

    assert (planned, incidents) == (usual, [])


def test_incidents_are_valid_events_in_the_order_of_the_plan() -> None:
    usual, planned, _ = make_incidents()
    added = {str(one.event["event_id"]) for one in planned} - {
        str(one.event["event_id"]) for one in usual
    }

    assert len(planned) - len(usual) == len(added)
    assert {one.event["event_type"] for one in planned if one.event["event_id"] in added} == {
        EVENT_TYPE
    }
    assert [one.send_ms for one in planned] == sorted(one.send_ms for one in planned)
