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
        """Return up to which mark each hour is rolled up, of those from `first` to before `end`.

        An hour that never was is left out.
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

    An anomaly that a later judgement does not find again is withdrawn, and kept as such. Ranges
    are from `first` to before `end`; reads are consistent.
    """

    def judged(self, first: Hour, end: Hour) -> Mapping[Hour, int]:
        """Return which mark of each hour was judged; an hour that never was is left out."""
        ...

    def standing(self, first: Hour, end: Hour) -> Sequence[Anomaly]:
        """List the anomalies that are not withdrawn."""
        ...

    def claim(self, hour: Hour, mark: int) -> None:
        """Bar judgements of rollups with a lower mark from writing.

        Raises:
            Superseded: the hour was claimed for a higher mark.
        """
        ...

    def replace(
        self, hour: Hour, mark: int, found: Sequence[Anomaly], gone: Sequence[Anomaly], at_ms: int
    ) -> None:
        """Write what was found and withdraw what is gone: up to 99, together or not at all.

        Whether people were told of an anomaly outlasts both.

        Raises:
            Superseded: the hour was claimed for another mark.
        """
        ...

    def finish(self, hour: Hour, mark: int) -> None:
        """Say that the hour is judged at this mark, unless it is claimed for another by now."""
        ...

    def untold(self, first: Hour, end: Hour) -> Sequence[Anomaly]:
        """List the standing anomalies that people are to be told of and were not."""
        ...

    def reserve(self, anomaly: Anomaly, by: str, now_ms: int, until_ms: int) -> bool:
        """Take an untold anomaly for oneself; False if another has it, or has told it."""
        ...

    def told(self, anomaly: Anomaly, alert_id: str, at_ms: int) -> None:
        """Note that people were told of an anomaly."""
        ...


class AlertPublisher(Protocol):
    def publish(self, alert: Alert) -> None: ...
