"""Send the alerts of every anomaly that is due one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from chalicelib.anomalies import alert_text, detector
from chalicelib.anomalies.alert_text import DeploymentNames
from chalicelib.anomalies.ports import AlertPublisher, Anomalies
from chalicelib.errors import BadRequest
from chalicelib.model.anomaly import Anomaly
from chalicelib.model.code import Code
from chalicelib.model.hour import Hour
from chalicelib.model.measure import Measure
from chalicelib.ports import Clock

# Longer than a function may run, so that after it the run that reserved an anomaly is surely dead.
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
    deployment: DeploymentNames

    def __call__(self, payload: Mapping[str, object]) -> Published:
        """Publish first and record it after: a crash in between repeats the alert, with its id.

        Each run reserves its anomalies under its own name. So two runs never send the same alert,
        and the retry of a run that died continues at once with what it had reserved.

        Raises:
            BadRequest: the payload does not name a run.
        """
        run = payload.get("name")
        if not isinstance(run, str) or not run:
            raise BadRequest(Code.MISSING_FIELD, "expected the name of the run", "name")
        now_ms = self.clock()
        now = Hour.of(now_ms)
        pending = self.anomalies.pending_alerts(now.plus(-detector.LOOKBACK_HOURS), now)
        published = []
        for together in alert_text.grouped(pending):
            mine = [
                anomaly
                for anomaly in together
                if self.anomalies.reserve(anomaly, run, now_ms, now_ms + RESERVED_MS)
            ]
            if mine:
                published.append(self._publish(mine))
        return Published([alert_id for alert_id, _ in published], sum(n for _, n in published))

    def _publish(self, anomalies: Sequence[Anomaly]) -> tuple[str, int]:
        alert = alert_text.alert_of(anomalies, self.deployment)
        self.publisher.publish(alert)
        for anomaly in anomalies:
            self.anomalies.notified(anomaly, alert.id, self.clock())
        return alert.id, len(anomalies)
