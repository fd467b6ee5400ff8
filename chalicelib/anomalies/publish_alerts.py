"""Tell people of every anomaly that they are to be told of and were not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from chalicelib.anomalies import alert_text, detector
from chalicelib.anomalies.ports import AlertPublisher, Anomalies
from chalicelib.errors import BadRequest
from chalicelib.model.anomaly import Anomaly
from chalicelib.model.code import Code
from chalicelib.model.hour import Hour
from chalicelib.model.measure import Measure
from chalicelib.ports import Clock

# Longer than whoever has reserved an anomaly may live, so that it is surely dead.
RESERVED_MS = 5 * 60_000


class Published(NamedTuple):
    alerts: Sequence[str]
    anomalies: int

    def to_json(self) -> dict[str, object]:
        return {"status": "published", "alerts": len(self.alerts), "anomalies": self.anomalies}

    @property
    def line(self) -> Mapping[str, object]:
        return {"event": "alerts published"} | self.to_json() | {"ids": self.alerts}

    @property
    def measures(self) -> Mapping[Measure, float]:
        return {Measure.ALERTS_SENT: len(self.alerts)}


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishAlerts:
    anomalies: Anomalies
    publisher: AlertPublisher
    clock: Clock
    place: alert_text.Place

    def __call__(self, payload: Mapping[str, object]) -> Published:
        """Publish first and note it afterwards: a crash in between repeats an alert, of one id.

        Whoever publishes reserves its anomalies by the name of its run. So two runs don't tell
        the same, and the retry of a run that died goes on at once with what it had reserved.

        Raises:
            BadRequest: the payload has no name of a run.
        """
        run = payload.get("name")
        if not isinstance(run, str) or not run:
            raise BadRequest(Code.MISSING_FIELD, "expected the name of the run", "name")
        now_ms = self.clock()
        now = Hour.of(now_ms)
        untold = self.anomalies.untold(now.plus(-detector.LOOKBACK_HOURS), now)
        published = []
        for together in alert_text.grouped(untold):
            mine = [
                anomaly
                for anomaly in together
                if self.anomalies.reserve(anomaly, run, now_ms, now_ms + RESERVED_MS)
            ]
            if mine:
                published.append(self._publish(mine))
        return Published([alert_id for alert_id, _ in published], sum(n for _, n in published))

    def _publish(self, anomalies: Sequence[Anomaly]) -> tuple[str, int]:
        alert = alert_text.alert_of(anomalies, self.place)
        self.publisher.publish(alert)
        for anomaly in anomalies:
            self.anomalies.told(anomaly, alert.id, self.clock())
        return alert.id, len(anomalies)
