"""The whole chain, deployed: what is posted comes out as rollups that numpy agrees with."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chalicelib.model import instant
from chalicelib.model.facts import is_error, micros
from chalicelib.model.hour import Hour
from ops.demo import read_back
from ops.demo.bypass import bypass
from ops.demo.follow import follow, read_account
from ops.demo.lake import read_lake
from ops.demo.sender import Sender
from ops.local.cloud import Cloud
from ops.local.home import Home
from ops.local.port import free_port
from ops.rebuild.roll_up import roll_up
from ops.traffic.generator import Planned, plan
from ops.traffic.sending.reply import Answers
from tests.e2e.conftest import Ops
from tests.e2e.http import post_event
from tests.e2e.waiting import PATIENCE_S

pytestmark = pytest.mark.e2e

N_HOURS = 4
QUANTILES = (50, 90, 95, 99)
type Row = Mapping[str, Any]


def settle(cloud: Cloud) -> None:
    """Wait until whatever is in the streams has come all the way to the lake."""
    follow(cloud, read_back.stream_records(cloud), lambda _account: None, PATIENCE_S)


def rolled(cloud: Cloud, first: Hour, end: Hour) -> str:
    return roll_up(cloud, first, end, lambda _n: None).status


def aggregates(cloud: Cloud) -> dict[tuple[str, str], Row]:
    """Read every rollup, as stored; hour marks, claims and runs are left out."""
    pages = cloud.client("dynamodb").get_paginator("scan")
    items = [
        item
        for page in pages.paginate(TableName=cloud.names.table("aggregates"))
        for item in page["Items"]
        if "n_events" in item
    ]
    return {(item["event_type"]["S"], item["window_start"]["S"]): item for item in items}


@pytest.fixture(scope="module")
def state(ops: Ops, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the folder of a local cloud that no other test sends anything to."""
    folder = tmp_path_factory.mktemp("pipeline")
    ran = ops("up", "--port", free_port(), "--state", folder)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    yield folder
    ops("down", "--purge", "--state", folder)


@pytest.fixture(scope="module")
def cloud(state: Path) -> Cloud:
    return Cloud.load(Home(state))


@pytest.fixture(scope="module")
def end() -> Hour:
    """Return an hour so far back that what other tests send now is in none of these."""
    return Hour.of(time.time_ns() // 1_000_000).plus(-2)


@pytest.fixture(scope="module")
def first(end: Hour) -> Hour:
    return end.plus(-N_HOURS)


@pytest.fixture(scope="module")
def planned(first: Hour, end: Hour) -> list[Planned]:
    return plan(first.start_ms, end.start_ms, n_events=3_000, seed=7)


@pytest.fixture(scope="module")
def answers(cloud: Cloud, planned: list[Planned], first: Hour, end: Hour) -> Answers:
    """Send everything and roll it up, once for all tests of this module."""
    sender = Sender(cloud)
    list(sender.send(planned))
    bypass(cloud, copies=1)
    settle(cloud)
    assert rolled(cloud, first, end) == "SUCCEEDED"
    return sender.answers


def unique_events(planned: Sequence[Planned]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Return the valid events by type and hour, each once."""
    seen = {}
    for one in planned:
        event: dict[str, Any] = one.event
        if one.kind != "invalid":
            seen[event["user_id"], event["event_id"]] = event
    groups: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for event in seen.values():
        hour = Hour.of(instant.parse(event["timestamp"])).window_start
        groups[event["event_type"], hour].append(event)
    return groups


def test_every_event_is_answered_for(answers: Answers, planned: list[Planned]) -> None:
    n_invalid = sum(one.kind == "invalid" for one in planned)

    assert answers.n_refused == n_invalid > 0
    assert answers.n_accepted + answers.n_duplicates == len(planned) - n_invalid


def test_accepted_is_raw_and_quarantined_and_the_lake_holds_all_of_raw(
    cloud: Cloud, answers: Answers, end: Hour
) -> None:
    raw, lake = read_back.raw_lines(cloud), read_lake(cloud, end)

    assert read_back.stream_records(cloud) == raw + read_back.quarantine(cloud).total()
    assert lake.rows == raw


def test_rollups_equal_numpy_over_what_was_generated(
    cloud: Cloud, answers: Answers, planned: list[Planned]
) -> None:
    stored = aggregates(cloud)
    groups = unique_events(planned)

    assert len(groups) > N_HOURS * 5
    for key, events in groups.items():
        assert summary_of(stored[key]) == pytest.approx(expected_summary(events)), key


def summary_of(row: Row) -> dict[str, float]:
    names = ["n_events", "n_users", "n_errors", "n_missing", "amount_micros_EUR", "n_latencies"]
    names += [f"latency_p{q}_ms" for q in QUANTILES]
    return {name: float(row[name]["N"]) for name in names if name in row}


def expected_summary(events: list[dict[str, Any]]) -> dict[str, float]:
    summary: dict[str, float] = {
        "n_events": len(events),
        "n_users": len({event["user_id"] for event in events}),
        "n_errors": sum(is_error(e["event_type"], e["properties"]) for e in events),
        "n_missing": 0,
    }
    properties = [event["properties"] for event in events]
    euros = [micros(p["amount"]) for p in properties if p.get("currency") == "EUR"]
    latencies = [
        p.get("latency_ms", p.get("duration_ms"))
        for p in properties
        if "latency_ms" in p or "duration_ms" in p
    ]
    if euros:
        summary["amount_micros_EUR"] = sum(euros)
    if latencies:
        summary["n_latencies"] = len(latencies)
        for q in QUANTILES:
            summary[f"latency_p{q}_ms"] = float(np.percentile(latencies, q))
    return summary


def test_rolling_up_twice_changes_nothing(
    cloud: Cloud, answers: Answers, first: Hour, end: Hour
) -> None:
    before = aggregates(cloud)

    assert rolled(cloud, first, end) == "SUCCEEDED"

    assert aggregates(cloud) == before


def test_a_late_event_changes_its_own_hour_and_no_other(
    cloud: Cloud, answers: Answers, first: Hour, end: Hour
) -> None:
    before = aggregates(cloud)
    late = first.plus(1)
    event = {
        "event_type": "straggler",
        "source": "web",
        "user_id": "usr_late",
        "event_id": "late_1",
        "timestamp": late.start_ms + 5,
    }
    post_event(cloud, event)
    settle(cloud)

    assert rolled(cloud, first, end) == "SUCCEEDED"

    after = aggregates(cloud)
    changed = {key for key in after if after[key] != before.get(key)}
    assert changed == {("straggler", late.window_start), ("_all", late.window_start)}
    assert after["straggler", late.window_start]["n_events"]["N"] == "1"


def test_what_was_counted_and_is_not_in_the_lake_is_reported_as_missing(
    cloud: Cloud, answers: Answers, first: Hour, end: Hour
) -> None:
    hour = first.plus(1)
    # Its small files, or the sealed one.
    prefix = f"events/{hour.partition}/"
    bucket, client = cloud.names.lake_bucket, cloud.client("s3")
    keys = read_back.object_keys(cloud, bucket, prefix)
    kept = dict(zip(keys, read_back.bodies(cloud, bucket, keys), strict=True))
    for key in keys:
        client.delete_object(Bucket=bucket, Key=key)
    try:
        assert rolled(cloud, hour, hour.plus(1)) == "SUCCEEDED"
        row = aggregates(cloud)["user_action", hour.window_start]
    finally:
        for key, body in kept.items():
            client.put_object(Bucket=bucket, Key=key, Body=body)

    assert row["n_events"]["N"] == "0"
    assert int(row["n_missing"]["N"]) > 0
    assert rolled(cloud, hour, hour.plus(1)) == "SUCCEEDED"
    assert aggregates(cloud)["user_action", hour.window_start]["n_missing"]["N"] == "0"


def test_the_ledger_and_the_streams_agree(cloud: Cloud, answers: Answers) -> None:
    account = read_account(cloud)

    assert account.processed == read_back.stream_records(cloud)
    assert account.archived == account.transformed


def test_a_range_is_rolled_up_by_the_command_line(
    ops: Ops, state: Path, answers: Answers, first: Hour, end: Hour
) -> None:
    ran = ops("rollup", "--from", first.text, "--to", end.text, "--state", state)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "succeeded" in ran.stdout


def test_a_report_merges_the_hours_of_a_range(
    ops: Ops, state: Path, answers: Answers, planned: list[Planned], first: Hour, end: Hour
) -> None:
    bounds = "--from", first.text, "--to", end.text, "--by", "range"
    ran = ops("report", *bounds, "--json", "--state", state)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    merged = {row["event_type"]: row for row in json.loads(ran.stdout)["rollups"]}
    by_type: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for (event_type, _), events in unique_events(planned).items():
        by_type[event_type] += events
    for event_type, events in by_type.items():
        n_users = len({event["user_id"] for event in events})
        row = merged[event_type]
        assert row["events"] == len(events)
        assert row["unique_users"] == pytest.approx(n_users, rel=4 * 0.016, abs=1)


def test_a_range_that_is_none_is_refused_with_the_reason(ops: Ops, state: Path) -> None:
    for arguments in (["--window", "noon"], ["--from", "2026-11-21T08"], []):
        ran = ops("rollup", *arguments, "--state", state)

        assert ran.returncode == 2
        assert "must be an hour" in ran.stderr or "give either --window" in ran.stderr
