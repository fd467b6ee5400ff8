"""The result of rolling up one hour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from chalicelib.model.hour import Hour
from chalicelib.model.measure import Measure
from chalicelib.model.rollup import ALL_TYPES, HourlyRollup


@dataclass(frozen=True, slots=True, kw_only=True)
class HourResult:
    """`records` counts lake rows, `events` each event once.

    `missing` adds up what each type lacks, so that no surplus hides what another type lacks.
    """

    hour: Hour
    status: Literal["rolled", "superseded"]
    records: int = 0
    events: int = 0
    missing: int = 0
    types: int = 0

    @classmethod
    def rolled(cls, hour: Hour, rollups: Sequence[HourlyRollup]) -> HourResult:
        by_type = [rollup for rollup in rollups if rollup.event_type != ALL_TYPES]
        return cls(
            hour=hour,
            status="rolled",
            records=sum(rollup.reconciliation.found for rollup in by_type),
            events=sum(rollup.count for rollup in by_type),
            missing=sum(max(0, rollup.reconciliation.missing or 0) for rollup in by_type),
            types=len(by_type),
        )

    def to_json(self) -> dict[str, object]:
        """Render what the state machine passes on; 744 of these must fit into 256 KiB."""
        return {
            "window_start": self.hour.window_start,
            "status": self.status,
            "records": self.records,
            "events": self.events,
            "missing": self.missing,
        }

    @property
    def line(self) -> Mapping[str, object]:
        return {"event": "hour rolled up"} | self.to_json() | {"types": self.types}

    @property
    def measures(self) -> Mapping[Measure, float]:
        return {
            Measure.HOURS_ROLLED_UP: self.status == "rolled",
            Measure.MISSING_RECORDS: self.missing,
        }
