"""Weeks of hours that were rolled up, and what judges them and sends alerts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.anomalies import DeploymentNames, JudgeHours, PublishAlerts, Rules
from chalicelib.model.figures import Figures
from chalicelib.model.hour import Hour
from chalicelib.model.instant import HOUR_MS
from chalicelib.model.rollup import HourMark
from tests.builders import NOON
from tests.unit.rollup.fakes import FakeAggregates, FakeAlerts, FakeAnomalies, FakeHourMarks

USUAL = Figures(events=100, errors=1, latencies=100, latency_p95_ms=200.0)
NAMES = DeploymentNames("local", "eventstream-local-aggregates", "eventstream-local-anomalies")

type Through = Callable[[object], Any]


@dataclass
class World:
    """Forty quiet hours of one type, the last of which ends at noon."""

    marks: FakeHourMarks = field(default_factory=FakeHourMarks)
    aggregates: FakeAggregates = field(default_factory=FakeAggregates)
    anomalies: FakeAnomalies = field(default_factory=FakeAnomalies)
    alerts: FakeAlerts = field(default_factory=FakeAlerts)
    now_ms: int = NOON.start_ms + 10 * 60_000

    def __post_init__(self) -> None:
        for hour in NOON.plus(-40).until(NOON):
            self.roll_up(hour, click=USUAL)

    def roll_up(self, hour: Hour, **figures: Figures) -> None:
        """Roll an hour up, again if it was already, to these figures and their sum."""
        mark = self.marks.read(hour).rolled + 1
        self.marks.marks[hour] = HourMark(hour, mark, mark)
        self.aggregates.kept_figures[hour] = {"_all": _sum(figures), **figures}

    def judge_hours(self, through: Through = lambda port: port, **changes: Any) -> JudgeHours:
        return JudgeHours(
            marks=through(self.marks),
            figures=through(self.aggregates),
            anomalies=through(self.anomalies),
            clock=lambda: self.now_ms,
            **{"rules": Rules()} | changes,
        )

    def publish_alerts(self, through: Through = lambda port: port) -> PublishAlerts:
        return PublishAlerts(
            anomalies=through(self.anomalies),
            publisher=through(self.alerts),
            clock=lambda: self.now_ms,
            deployment=NAMES,
        )

    def run(self, name: str = "run", through: Through = lambda port: port) -> None:
        """Do what an execution of the state machine does once its hours are rolled up."""
        if self.judge_hours(through)().pending_alerts:
            self.publish_alerts(through)({"name": name})

    def wait(self, hours: float) -> None:
        self.now_ms += round(hours * HOUR_MS)

    def alerted(self) -> list[tuple[str, str, str]]:
        """Return hour, metric and event type of everything alerted, as often as it was."""
        return [
            (str(alert.body["window_start"]), str(alert.body["metric"]), anomaly["event_type"])
            for alert in self.alerts.published
            for anomaly in alert.body["anomalies"]  # type: ignore[attr-defined]  # a list
        ]


def _sum(figures: Mapping[str, Figures]) -> Figures:
    latencies = [f.latency_p95_ms for f in figures.values() if f.latency_p95_ms is not None]
    return Figures(
        events=sum(f.events for f in figures.values()),
        errors=sum(f.errors for f in figures.values()),
        latencies=sum(f.latencies for f in figures.values()),
        latency_p95_ms=max(latencies, default=None),
    )
