"""All that the services hold after a demo, and what must equal what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from chalicelib.model.hour import Hour
from ops.demo import alerts, read_back
from ops.demo.alerts import Delivered
from ops.demo.follow import Account, read_account
from ops.demo.lake import LakeFindings, look_into_the_lake
from ops.demo.read_back import RollupRow
from ops.demo.trouble import Trouble
from ops.local.cloud import Cloud


class Check(NamedTuple):
    """Two counts that must be equal, each from a service of its own."""

    claim: str
    left: int
    right: int

    @property
    def holds(self) -> bool:
        return self.left == self.right


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What was sent, and what the API and Kinesis said of it.

    `valid` counts each valid event once, however often it was sent.
    """

    hours: int
    planned: int
    valid: int
    invalid: int
    late: int
    accepted: int
    refused: int
    duplicates: int
    bypassed: int
    troubles: Sequence[Trouble] = ()

    @property
    def acknowledged(self) -> int:
        return self.accepted + self.bypassed


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    stream_records: int
    ledger: Account
    raw_lines: int
    quarantine: Counter[str]
    live_records: int
    lake: LakeFindings
    rollups: Sequence[RollupRow]
    alerts: Sequence[Delivered] = ()

    @property
    def by_type(self) -> list[RollupRow]:
        return [row for row in self.rollups if row.event_type != "_all"]

    @property
    def by_hour(self) -> list[RollupRow]:
        return [row for row in self.rollups if row.event_type == "_all"]

    @property
    def rolled_events(self) -> int:
        return sum(row.events for row in self.by_type)

    @property
    def rolled_repeats(self) -> int:
        return sum(row.duplicates for row in self.by_type)

    def checks(self, sent: Sending) -> list[Check]:
        """List what must agree between what was sent, what was answered and what is held."""
        n_quarantined = self.quarantine.total()
        raw, lake = self.raw_lines, self.lake
        hourly = sum(row.events for row in self.by_hour)
        # Unknown is not none, and a surplus of one type must not hide a lack of another.
        missing = sum(1 if row.missing is None else abs(row.missing) for row in self.rollups)
        told = sum(any(alert.is_of(trouble) for alert in self.alerts) for trouble in sent.troubles)
        return [
            Check("sent = answered", sent.planned, sent.accepted + sent.refused + sent.duplicates),
            Check("sent invalid = refused", sent.invalid, sent.refused),
            Check("acknowledged = in streams", sent.acknowledged, self.stream_records),
            Check("in streams = processed", self.stream_records, self.ledger.processed),
            Check("processed = raw + quarantined", self.ledger.processed, raw + n_quarantined),
            Check("put in malformed = quarantined", sent.bypassed, n_quarantined),
            Check("live counters = raw lines", self.live_records, raw),
            Check("lake rows = raw lines", lake.rows, raw),
            Check("rollups = lake - repeats", self.rolled_events, lake.rows - self.rolled_repeats),
            Check("rollups = events_unique in SQL", self.rolled_events, lake.unique_events),
            Check("rollups = valid events sent", self.rolled_events, sent.valid),
            Check("sum over types = all types", self.rolled_events, hourly),
            Check("hours sent = hours rolled up", sent.hours, len(self.by_hour)),
            Check("missing by reconciliation", missing, 0),
            Check("trouble planted = alerted", len(sent.troubles), told),
            Check("alerts = trouble planted", len(self.alerts), len(sent.troubles)),
        ]


def gather(cloud: Cloud, hours: Sequence[Hour], alerts_queue: str) -> Findings:
    return Findings(
        stream_records=read_back.stream_records(cloud),
        ledger=read_account(cloud),
        raw_lines=read_back.raw_lines(cloud),
        quarantine=read_back.quarantine(cloud),
        live_records=read_back.live_records(cloud, hours),
        lake=look_into_the_lake(cloud, max(hours[0], hours[-1].plus(-24))),
        rollups=read_back.rollup_rows(cloud),
        alerts=alerts.delivered(cloud, alerts_queue),
    )
