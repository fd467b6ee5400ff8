"""The demo finds every disagreement between its counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from chalicelib.model.anomaly import Direction, Metric
from chalicelib.model.hour import Hour
from ops.demo.api_answers import ApiAnswers
from ops.demo.follow import Account
from ops.demo.holdings import Holdings, Sending
from ops.demo.incidents import Incident
from ops.demo.lake import LakeHoldings, QueryAnswer
from ops.demo.read_back import RollupRow

ROW = RollupRow(
    event_type="click",
    window_start="2026-11-20T12:00:00Z",
    events=9,
    users=3,
    errors=0,
    p50_ms=None,
    p99_ms=None,
    found=10,
    duplicates=1,
    missing=0,
)
SOUND = Holdings(
    stream_records=12,
    ledger=Account(processed=12, archived=10, quarantined=2, transformed=10),
    raw_lines=10,
    quarantine=Counter(invalid_json=2),
    live_records=10,
    lake=LakeHoldings(files=1, rows=10, unique_events=9, query=QueryAnswer("", (), ())),
    rollups=[ROW, replace(ROW, event_type="_all")],
    api=ApiAnswers(live_records=10, events=9, quarantined=2),
)


SENT = Sending(
    hours=1,
    planned=14,
    valid=9,
    invalid=3,
    late=1,
    accepted=10,
    refused=3,
    duplicates=1,
    bypassed=2,
)


def failing(holdings: Holdings, sent: Sending = SENT) -> list[str]:
    return [one.claim for one in holdings.agreements(sent) if not one.holds]


def test_what_adds_up_passes() -> None:
    assert failing(SOUND) == []


@pytest.mark.parametrize(
    "unsound",
    [
        replace(SOUND, stream_records=13),
        replace(SOUND, ledger=replace(SOUND.ledger, processed=11)),
        replace(SOUND, raw_lines=9),
        replace(SOUND, quarantine=Counter()),
        replace(SOUND, live_records=11),
        replace(SOUND, lake=replace(SOUND.lake, rows=11)),
        replace(SOUND, lake=replace(SOUND.lake, files=2)),
        replace(SOUND, lake=replace(SOUND.lake, unique_events=8)),
        replace(SOUND, rollups=[]),
        replace(SOUND, rollups=[ROW, replace(ROW, event_type="_all", missing=1)]),
        replace(SOUND, rollups=[ROW, replace(ROW, event_type="_all", missing=None)]),
        replace(SOUND, rollups=[replace(ROW, missing=1), replace(ROW, event_type="_all")]),
        replace(SOUND, rollups=[ROW, replace(ROW, event_type="_all", events=8)]),
    ],
    ids=range(13),
)
def test_what_does_not_add_up_fails(unsound: Holdings) -> None:
    assert failing(unsound)


@pytest.mark.parametrize(
    ("wrong", "claim"),
    [
        (replace(SOUND.api, events=8), "GET /metrics = rollups"),
        (replace(SOUND.api, live_records=11), "GET /metrics/live = counters"),
        (replace(SOUND.api, quarantined=0), "GET /quarantine = quarantined"),
    ],
)
def test_an_answer_of_the_api_that_its_source_contradicts_fails(
    wrong: ApiAnswers, claim: str
) -> None:
    assert failing(replace(SOUND, api=wrong)) == [claim]


def test_an_incident_that_the_api_does_not_list_fails() -> None:
    incident = Incident(Metric.VOLUME, Direction.ABOVE, Hour.parse("2026-11-20T12"), "click")
    sent = replace(SENT, incidents=[incident])
    listed = replace(SOUND, api=replace(SOUND.api, anomalies=frozenset({incident})))

    assert "GET /anomalies has incidents" in failing(SOUND, sent)
    assert "GET /anomalies has incidents" not in failing(listed, sent)


@pytest.mark.parametrize(
    "sent",
    [
        replace(SENT, planned=15),
        replace(SENT, invalid=2),
        replace(SENT, valid=10),
        replace(SENT, hours=2),
    ],
    ids=range(4),
)
def test_what_was_answered_otherwise_than_it_was_sent_fails(sent: Sending) -> None:
    assert failing(SOUND, sent)
