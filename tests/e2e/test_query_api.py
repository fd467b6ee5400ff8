"""The read routes as deployed: who may ask, and answers that other readers confirm."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from app import app
from chalicelib.access.scopes import SCOPES
from chalicelib.model.hour import Hour
from ops.demo import read_back
from ops.demo.bypass import bypass
from ops.demo.follow import follow
from ops.demo.read_api import ReadApi
from ops.demo.sender import Sender
from ops.local.cloud import Cloud
from ops.rebuild.roll_up import roll_up
from ops.traffic.generator import plan
from tests.e2e.conftest import Ops
from tests.e2e.http import ask
from tests.e2e.waiting import PATIENCE_S, wait_for

pytestmark = pytest.mark.e2e

N_HOURS = 3
ROUTES = [(method, path) for path, methods in app.routes.items() for method in methods]
GUARDED = [route for route in ROUTES if SCOPES[route]]
PAGES = {"/dashboard", "/dashboard/{file}"}

type Row = dict[str, Any]
type Span = dict[str, str]


@pytest.fixture(scope="module")
def hours() -> list[Hour]:
    """Return hours so far back that what other tests send now is in none of them."""
    end = Hour.of(time.time_ns() // 1_000_000).plus(-8)
    return end.plus(-N_HOURS).until(end)


@pytest.fixture(scope="module")
def span(hours: list[Hour]) -> Span:
    return {"from": hours[0].window_start, "to": hours[-1].plus(1).window_start}


@pytest.fixture(scope="module")
def api(cloud: Cloud, hours: list[Hour]) -> ReadApi:
    """Send events, malformed records too, and roll them up."""
    end = hours[-1].plus(1)
    list(Sender(cloud).send(plan(hours[0].start_ms, end.start_ms, n_events=600, seed=11)))
    bypass(cloud, copies=1)
    follow(cloud, read_back.stream_records(cloud), lambda _account: None, PATIENCE_S)
    assert roll_up(cloud, hours[0], end, lambda _n: None).status == "SUCCEEDED"
    return ReadApi(cloud.api_url, cloud.read_key)


@pytest.fixture(scope="module")
def retired(ops: Ops, state: Path, cloud: Cloud) -> str:
    """Return an admin key that no longer opens anything."""
    made = ops("key", "create", "--scope", "admin", "--name", "retired", "--state", state)
    assert made.returncode == 0, made.stderr
    key = made.stdout.strip()
    assert ops("key", "retire", "retired", "--state", state).returncode == 0

    def refused() -> bool | None:
        return ask(cloud.api_url, "GET", "/freshness", None, key).status == 403 or None

    wait_for(refused, "the key to be refused")
    return key


@pytest.mark.parametrize("route", GUARDED, ids=" ".join)
def test_a_route_that_needs_a_key_is_closed_without_one(
    cloud: Cloud, route: tuple[str, str]
) -> None:
    assert ask(cloud.api_url, *route).status == 403


@pytest.mark.parametrize("route", GUARDED, ids=" ".join)
def test_a_retired_key_opens_no_route(cloud: Cloud, retired: str, route: tuple[str, str]) -> None:
    assert ask(cloud.api_url, *route, None, retired).status == 403


@pytest.mark.parametrize("path", ["/health", "/openapi.json"])
def test_a_route_without_scopes_is_open_to_everybody(cloud: Cloud, path: str) -> None:
    assert ask(cloud.api_url, "GET", path).status == 200


def test_the_document_describes_every_route_but_the_dashboards_pages(cloud: Cloud) -> None:
    document = ask(cloud.api_url, "GET", "/openapi.json").body

    described = {
        (method.upper(), path)
        for path, operations in document["paths"].items()
        for method in operations
    }
    assert described == {route for route in ROUTES if route[1] not in PAGES}


@pytest.mark.parametrize("by", ["hour", "day", "range"])
def test_metrics_equal_the_report_of_the_command_line(
    ops: Ops, state: Path, api: ReadApi, span: Span, by: str
) -> None:
    bounds = "--from", span["from"][:13], "--to", span["to"][:13]
    ran = ops("report", *bounds, "--by", by, "--json", "--state", state)
    reported = json.loads(ran.stdout)["rollups"]

    answered = [*api.rows("/metrics", "rows", by=by, **span)]

    assert sorted(map(facts_of_report, reported)) == sorted(map(facts_of_answer, answered))


def facts_of_report(row: Row) -> str:
    reconciled = [row[name] for name in ("expected", "found", "duplicates", "missing")]
    return facts(row, row["unique_users"], reconciled)


def facts_of_answer(row: Row) -> str:
    counts = row["reconciliation"]
    reconciled = [counts[name] for name in ("expected", "found", "duplicates", "missing")]
    return facts(row, row["users"], reconciled)


def facts(row: Row, users: int, reconciled: list[int | None]) -> str:
    """Return what both readers tell of a rollup, as text that can be sorted."""
    counts = [row[name] for name in ("event_type", "events", "errors", "error_rate")]
    latency = row["latency"] or {}
    latencies = [latency.get(name) for name in ("count", "mean_ms", "max_ms", "p50_ms", "p99_ms")]
    amounts = sorted((name, one["total_micros"]) for name, one in row["amounts"].items())
    return str([row["from"][:19], *counts, users, *reconciled, *latencies, *amounts])


def test_live_counters_equal_what_is_stored(
    cloud: Cloud, api: ReadApi, span: Span, hours: list[Hour]
) -> None:
    rows = [*api.rows("/metrics/live", "rows", by="hour", **span)]

    of_types = sum(row["records"] for row in rows if row["event_type"] != "_all")
    assert of_types == read_back.live_records(cloud, hours) > 0


def test_the_quarantine_is_counted_by_code(cloud: Cloud, api: ReadApi) -> None:
    counts: dict[str, int] = {}
    for row in api.get("/quarantine")["counts"]:
        counts[row["code"]] = counts.get(row["code"], 0) + row["records"]

    assert counts == dict(read_back.quarantine(cloud)) != {}


def test_a_payload_is_shown_to_an_admin_key_alone(cloud: Cloud, api: ReadApi) -> None:
    admin = ReadApi(cloud.api_url, cloud.admin_key)

    assert all("payload" not in sample for sample in api.get("/quarantine")["samples"])
    assert all("payload" in sample for sample in admin.get("/quarantine")["samples"])


@pytest.mark.parametrize(
    ("path", "name", "parameters"),
    [
        ("/metrics", "rows", {"by": "hour"}),
        ("/metrics/live", "rows", {"by": "hour"}),
        ("/anomalies", "anomalies", {"state": "all"}),
    ],
)
def test_small_pages_are_together_one_large_page(
    api: ReadApi, span: Span, path: str, name: str, parameters: Span
) -> None:
    whole = api.get(path, **parameters, **span)

    assert whole["next_cursor"] is None
    assert [*api.rows(path, name, limit="7", **parameters, **span)] == whole[name]


def test_runs_and_batches_are_listed_page_by_page(api: ReadApi) -> None:
    shards = [shard["shard_id"] for shard in api.get("/freshness")["shards"]]
    batches = [
        row
        for shard in shards
        for row in api.rows("/batches", "batches", shard_id=shard, limit="2")
    ]
    runs = [*api.rows("/runs", "runs", limit="1")]

    assert sum(row["total_records"] for row in batches if row["stage"] == "process") > 0
    assert any(run["status"] == "succeeded" and run["hours"] == N_HOURS for run in runs)
    assert len({run["execution"] for run in runs}) == len(runs)
