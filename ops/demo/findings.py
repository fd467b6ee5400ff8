"""All that the services hold after a demo, and what must equal what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from chalicelib.model.hour import Hour
from ops.cloud import Cloud
from ops.demo import read_back
from ops.demo.follow import Account, read_account
from ops.demo.lake import LakeFindings, look_into_the_lake
from ops.demo.read_back import RollupRow


class Check(NamedTuple):
    """Two counts that must be equal, each from a service of its own."""

    claim: str
    left: int
    right: int

    @property
    def holds(self) -> bool:
        return self.left == self.right


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    stream_records: int
    ledger: Account
    raw_lines: int
    quarantine: Counter[str]
    live_records: int
    lake: LakeFindings
    rollups: Sequence[RollupRow]

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
    def rolled_duplicates(self) -> int:
        return sum(row.duplicates for row in self.by_type)

    def checks(self, n_sent: int, n_accepted: int, n_bypassed: int) -> list[Check]:
        """List what must agree.

        The arguments are the valid events that were sent, each counted once, and the records that
        the API and Kinesis have acknowledged.
        """
        n_quarantined = self.quarantine.total()
        hourly = sum(row.events for row in self.by_hour)
        missing = sum(row.missing or 0 for row in self.by_hour)
        return [
            Check("acknowledged = in the streams", n_accepted + n_bypassed, self.stream_records),
            Check("in the streams = processed", self.stream_records, self.ledger.processed),
            Check(
                "processed = raw + quarantined",
                self.ledger.processed,
                self.raw_lines + n_quarantined,
            ),
            Check("put in malformed = quarantined", n_bypassed, n_quarantined),
            Check("live counters = raw lines", self.live_records, self.raw_lines),
            Check("lake rows = raw lines", self.lake.rows, self.raw_lines),
            Check(
                "rollups = lake rows - repeats",
                self.rolled_events,
                self.lake.rows - self.rolled_duplicates,
            ),
            Check("rollups = events_unique in SQL", self.rolled_events, self.lake.unique_events),
            Check("rollups = valid events sent", self.rolled_events, n_sent),
            Check("sum over types = all types", self.rolled_events, hourly),
            Check("missing by reconciliation", missing, 0),
        ]


def gather(cloud: Cloud, hours: Sequence[Hour]) -> Findings:
    return Findings(
        stream_records=read_back.stream_records(cloud),
        ledger=read_account(cloud),
        raw_lines=read_back.raw_lines(cloud),
        quarantine=read_back.quarantine(cloud),
        live_records=read_back.live_records(cloud, hours),
        lake=look_into_the_lake(cloud, hours[-1]),
        rollups=read_back.rollup_rows(cloud),
    )
