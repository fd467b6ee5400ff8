"""What the services hold after a demo, and which counts must agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from chalicelib.model.hour import Hour
from ops.demo import alerts, read_back
from ops.demo.alerts import Delivered
from ops.demo.api_answers import ApiAnswers, read_answers
from ops.demo.attribution import Attribution
from ops.demo.follow import Account, read_account
from ops.demo.incidents import Incident
from ops.demo.lake import LakeHoldings, read_lake
from ops.demo.read_back import RollupRow
from ops.demo.trial_answers import TrialAnswers, read_trials
from ops.local.cloud import Cloud


class Agreement(NamedTuple):
    """Two counts that must be equal, each from a service of its own."""

    claim: str
    left: int
    right: int

    @property
    def holds(self) -> bool:
        return self.left == self.right


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What was sent, and what the API and Kinesis answered.

    `valid` counts each valid event once, however often it was sent; `files` are the lake's before
    its hours were sealed.
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
    exposed: int = 0
    converted: int = 0
    trials: int = 0
    files: int = 0
    incidents: Sequence[Incident] = ()

    @property
    def acknowledged(self) -> int:
        return self.accepted + self.bypassed


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    stream_records: int
    ledger: Account
    raw_lines: int
    quarantine: Counter[str]
    live_records: int
    lake: LakeHoldings
    rollups: Sequence[RollupRow]
    api: ApiAnswers
    trials: TrialAnswers = field(default_factory=TrialAnswers)
    alerts: Sequence[Delivered] = ()
    # None where attribution is off.
    attribution: Attribution | None = None

    @property
    def by_type(self) -> list[RollupRow]:
        return [row for row in self.rollups if row.event_type != "_all"]

    @property
    def by_hour(self) -> list[RollupRow]:
        """The hours that had events; quiet ones are rolled up, too."""
        return [row for row in self.rollups if row.event_type == "_all" and row.events]

    @property
    def rolled_events(self) -> int:
        return sum(row.events for row in self.by_type)

    @property
    def rolled_duplicates(self) -> int:
        return sum(row.duplicates for row in self.by_type)

    def agreements(self, sent: Sending) -> list[Agreement]:
        """List the counts that must agree: of what was sent, answered and stored."""
        n_quarantined = self.quarantine.total()
        raw, lake = self.raw_lines, self.lake
        hourly = sum(row.events for row in self.by_hour)
        # Unknown counts as one, and a surplus of one type must not hide a lack of another.
        missing = sum(1 if row.missing is None else abs(row.missing) for row in self.rollups)
        alerted = sum(any(a.is_of(incident) for a in self.alerts) for incident in sent.incidents)
        return [
            Agreement(
                "sent = answered", sent.planned, sent.accepted + sent.refused + sent.duplicates
            ),
            Agreement("sent invalid = refused", sent.invalid, sent.refused),
            Agreement("acknowledged = in streams", sent.acknowledged, self.stream_records),
            Agreement("in streams = processed", self.stream_records, self.ledger.processed),
            Agreement("processed = raw + quarantined", self.ledger.processed, raw + n_quarantined),
            Agreement("malformed = quarantined", sent.bypassed, n_quarantined),
            Agreement("live counters = raw lines", self.live_records, raw),
            Agreement("lake rows = raw lines", lake.rows, raw),
            Agreement(
                "rollups = lake - duplicates",
                self.rolled_events,
                lake.rows - self.rolled_duplicates,
            ),
            Agreement("rollups = events_unique in SQL", self.rolled_events, lake.unique_events),
            Agreement("rollups = valid events sent", self.rolled_events, sent.valid),
            Agreement("sum over types = all types", self.rolled_events, hourly),
            Agreement("hours sent = hours rolled up", sent.hours, len(self.by_hour)),
            Agreement("hours sent = files once sealed", sent.hours, lake.files),
            Agreement("missing by reconciliation", missing, 0),
            Agreement("planted incidents = alerted", len(sent.incidents), alerted),
            Agreement("alerts = planted incidents", len(self.alerts), len(sent.incidents)),
            *self._answers(sent),
            *self._attributed(),
        ]

    def _attributed(self) -> Iterator[Agreement]:
        """List what attribution must agree with: the generator's truth, and the API with it."""
        if found := self.attribution:
            yield Agreement("checkouts sent = attributed", len(found.truth), len(found.stored))
            yield Agreement("true credits = in PostgreSQL", len(found.truth), found.n_true)
            for model, campaigns in found.in_postgres.items():
                claim = f"GET /attribution, {model}"
                yield Agreement(claim, found.n_alike(model), len(campaigns))

    def _answers(self, sent: Sending) -> list[Agreement]:
        """List the counts that the query API must answer with."""
        api = self.api
        return [
            Agreement("GET /metrics = rollups", api.events, self.rolled_events),
            Agreement("GET /metrics/live = counters", api.live_records, self.live_records),
            Agreement("GET /quarantine = quarantined", api.quarantined, self.quarantine.total()),
            Agreement(
                "GET /anomalies has incidents",
                sum(incident in api.anomalies for incident in sent.incidents),
                len(sent.incidents),
            ),
            Agreement("exposed = users of results", sent.exposed, self.trials.exposed),
            Agreement("signed up = converters", sent.converted, self.trials.converted),
            Agreement("planted truths = verdicts", sent.trials, self.trials.as_planted),
        ]


def read_holdings(cloud: Cloud, hours: Sequence[Hour], alerts_queue: str) -> Holdings:
    return Holdings(
        stream_records=read_back.stream_records(cloud),
        ledger=read_account(cloud),
        raw_lines=read_back.raw_lines(cloud),
        quarantine=read_back.quarantine(cloud),
        live_records=read_back.live_records(cloud, hours),
        lake=read_lake(cloud, max(hours[0], hours[-1].plus(-24))),
        rollups=read_back.rollup_rows(cloud),
        alerts=alerts.delivered(cloud, alerts_queue),
        api=read_answers(cloud, hours),
        trials=read_trials(cloud),
    )
