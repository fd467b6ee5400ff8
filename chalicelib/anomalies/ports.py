"""What judging hours and alerting ask of the tables and the topic.

Every method may raise `StoreUnavailable`, after which its effect may or may not have happened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from chalicelib.model.alert import Alert
from chalicelib.model.anomaly import Anomaly
from chalicelib.model.figures import Figures
from chalicelib.model.hour import Hour


class RolledUpHours(Protocol):
    def rolled(self, first: Hour, end: Hour) -> Mapping[Hour, int]:
        """Return the mark up to which each hour from `first` to before `end` is rolled up.

        An hour that was never rolled up is left out.
        """
        ...


class FiguresReader(Protocol):
    def figures(self, first: Hour, end: Hour) -> Mapping[Hour, Mapping[str, Figures]]:
        """Return the figures of each hour that was rolled up, by event type.

        A type without events in an hour may be left out of it.
        """
        ...


class Anomalies(Protocol):
    """An hour's anomalies, replaced as a set by the judgement of its newest rollup.

    An anomaly that a later judgement does not find again is withdrawn, and kept as withdrawn.
    Ranges are from `first` to before `end`; reads are consistent.
    """

    def judged(self, first: Hour, end: Hour) -> Mapping[Hour, int]:
        """Return the mark of each hour that was judged; an hour that never was is left out."""
        ...

    def standing(self, first: Hour, end: Hour) -> Sequence[Anomaly]:
        """List the anomalies that are not withdrawn."""
        ...

    def claim(self, hour: Hour, mark: int) -> None:
        """Keep judgements of rollups with a lower mark from writing.

        Raises:
            Superseded: the hour was claimed for a higher mark.
        """
        ...

    def replace(
        self, hour: Hour, mark: int, found: Sequence[Anomaly], gone: Sequence[Anomaly], at_ms: int
    ) -> None:
        """Write what was found and withdraw what is gone: up to 99, together or not at all.

        Whether an alert was sent for an anomaly outlasts both.

        Raises:
            Superseded: the hour was claimed for another mark.
        """
        ...

    def finish(self, hour: Hour, mark: int) -> None:
        """Record that the hour is judged at this mark, unless another has claimed it since."""
        ...

    def pending_alerts(self, first: Hour, end: Hour) -> Sequence[Anomaly]:
        """List the standing anomalies that are due an alert and have not had one."""
        ...

    def reserve(self, anomaly: Anomaly, by: str, now_ms: int, until_ms: int) -> bool:
        """Reserve a pending anomaly; False if another run holds it, or has sent its alert."""
        ...

    def notified(self, anomaly: Anomaly, alert_id: str, at_ms: int) -> None:
        """Record that the anomaly's alert was sent."""
        ...


class AlertPublisher(Protocol):
    def publish(self, alert: Alert) -> None: ...
