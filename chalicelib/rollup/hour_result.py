"""The result of rolling up one hour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from chalicelib.model.hour import Hour
from chalicelib.model.measure import Measure
from chalicelib.model.rollup import HourlyRollup
from chalicelib.rollup.look import Look


@dataclass(frozen=True, slots=True, kw_only=True)
class HourResult:
    """`records` counts lake rows, `events` each event once.

    `missing` adds up what each type lacks, so that no surplus hides what another type lacks. It is
    confirmed if a second look found the same and nothing about the hour had changed: else it may
    be on its way. `types` counts them before any are folded into one row. `n_unusable` values are
    too large to count in experiments.
    """

    hour: Hour
    status: Literal["rolled", "superseded"]
    records: int = 0
    events: int = 0
    missing: int = 0
    types: int = 0
    is_confirmed: bool = False
    n_unusable: int = 0

    @classmethod
    def rolled(
        cls, look: Look, total: HourlyRollup, *, is_confirmed: bool, n_unusable: int = 0
    ) -> HourResult:
        return cls(
            hour=total.hour,
            status="rolled",
            records=total.reconciliation.found,
            events=total.count,
            missing=look.missing,
            types=look.n_types,
            is_confirmed=is_confirmed,
            n_unusable=n_unusable,
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
        more = {"types": self.types, "confirmed": self.is_confirmed}
        if self.n_unusable:
            more |= {"unusable_values": self.n_unusable}
        return {"event": "hour rolled up"} | self.to_json() | more

    @property
    def measures(self) -> Mapping[Measure, float]:
        return {
            Measure.EVENT_TYPES: self.types,
            Measure.MISSING_RECORDS: self.missing if self.is_confirmed else 0,
        }
