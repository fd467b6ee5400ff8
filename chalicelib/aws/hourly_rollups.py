"""Hourly rollups and hour marks, read from DynamoDB for the read side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.aws import hour_figures
from chalicelib.aws.claims import CLAIMS
from chalicelib.aws.hour_marks import PARTITION as MARKS
from chalicelib.aws.hour_summaries import PARTITION as SUMMARIES
from chalicelib.aws.hour_summaries import summary_of
from chalicelib.aws.reads import Table
from chalicelib.aws.rollup_items import rollup_of
from chalicelib.model.figures import Figures
from chalicelib.model.hour import Hour
from chalicelib.model.merged import HourSummary
from chalicelib.model.rollup import HourlyRollup, HourMark

_KEY = "event_type"


@dataclass(frozen=True, slots=True)
class DynamoHourlyRollups:
    table: Table

    def rollups(self, event_type: str, first: Hour, end: Hour) -> Sequence[HourlyRollup]:
        items = self.table.hours((_KEY, event_type), first, end, ConsistentRead=True)
        return [rollup_of(item) for item in items]

    def summaries(self, first: Hour, end: Hour) -> Mapping[Hour, HourSummary]:
        items = self.table.hours((_KEY, SUMMARIES), first, end, ConsistentRead=True)
        summaries = map(summary_of, items)
        return {summary.hour: summary for summary in summaries}

    def event_types(self, first: Hour, end: Hour) -> Mapping[Hour, frozenset[str]]:
        # A rollup claims its hour for all its types, the sum among them.
        claims = self.table.hours(
            (_KEY, CLAIMS),
            first,
            end,
            ConsistentRead=True,
            ProjectionExpression="window_start, event_types",
        )
        return {
            Hour.of_text(claim["window_start"]["S"][:13]): frozenset(claim["event_types"]["SS"])
            for claim in claims
        }

    def figures(self, first: Hour, end: Hour) -> Mapping[Hour, Mapping[str, Figures]]:
        claims = self.table.hours(
            (_KEY, CLAIMS), first, end, ProjectionExpression="window_start, figures"
        )
        return {
            Hour.of_text(claim["window_start"]["S"][:13]): hour_figures.decoded(
                claim["figures"]["B"]
            )
            for claim in claims
        }

    def marks(self, first: Hour, end: Hour) -> Mapping[Hour, HourMark]:
        marks = (
            HourMark(
                Hour.of_text(item["window_start"]["S"][:13]),
                int(item["marked"]["N"]),
                int(item["rolled"]["N"]) if "rolled" in item else 0,
            )
            for item in self.table.hours((_KEY, MARKS), first, end)
        )
        return {mark.hour: mark for mark in marks}
