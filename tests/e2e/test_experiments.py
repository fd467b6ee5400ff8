"""An experiment, deployed: defined by the API, and found again in events, lake and counters."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ops.athena import LocalLake, copy_lake
from ops.demo import read_back
from ops.demo.follow import follow
from ops.local.cloud import Cloud
from tests.builders import make_definition
from tests.e2e.conftest import Ops
from tests.e2e.http import Answer, ask
from tests.e2e.waiting import PATIENCE_S, wait_for

pytestmark = pytest.mark.e2e

PATH = "/experiments/deployed-button"
USERS = [f"usr_{n}" for n in range(40)]
# Between two posts while the definition takes effect, which takes two minutes and a little.
PAUSE_S = 10.0
BY_VARIANT = """
SELECT
  ELEMENT_AT(experiments, 'deployed-button') AS variant,
  COUNT(*) AS n_events,
  COUNT_IF(event_type = 'purchase') AS n_purchases
FROM eventstream.events
WHERE ELEMENT_AT(experiments, 'deployed-button') IS NOT NULL
GROUP BY 1
"""


def admin(cloud: Cloud, method: str, path: str, body: object = None, **headers: str) -> Answer:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return ask(cloud.api_url, method, path, body, cloud.admin_key, sent)


def post(cloud: Cloud) -> None:
    """Post an exposure and a purchase of every user."""
    exposure = {"experiment_id": "deployed-button", "variant": "control"}
    purchase = {"amount": 1, "currency": "EUR", "exposed_at": int(time.time() * 1000) - 5_000}
    events = [
        {"event_type": kind, "source": "web", "user_id": user, "properties": properties}
        for user in USERS
        for kind, properties in (("exposure", exposure), ("purchase", purchase))
    ]
    answer = ask(cloud.api_url, "POST", "/events/batch", events, cloud.api_key)
    assert answer.status == 200


def total(cloud: Cloud) -> dict[str, tuple[int, int]]:
    answer = ask(cloud.api_url, "GET", f"{PATH}/live", key=cloud.read_key)
    assert answer.status == 200
    return {
        one["variant"]: (one["events"], one["conversions"])
        for one in answer.body["total"]
        if one["events"]
    }


@pytest.fixture(scope="module")
def running(cloud: Cloud) -> dict[str, Any]:
    body = make_definition(
        status="running", primary_metric={"key": "buys", "event_type": "purchase"}
    )
    created = admin(cloud, "PUT", PATH, body, If_None_Match="*")
    assert created.status == 201, created.body
    definition: dict[str, Any] = created.body
    return definition


def test_events_and_counters_have_the_variants_that_the_api_assigns(
    cloud: Cloud, running: dict[str, Any], tmp_path: Path
) -> None:
    def enriched() -> dict[str, tuple[int, int]] | None:
        post(cloud)
        time.sleep(PAUSE_S)
        return total(cloud) or None

    wait_for(enriched, "enriched events")
    follow(cloud, read_back.stream_records(cloud), lambda _account: None, PATIENCE_S)
    asked = ask(cloud.api_url, "POST", f"{PATH}/assignments", {"user_ids": USERS}, cloud.read_key)
    assert Counter(asked.body["assignments"].values()).keys() == {"control", "treatment"}

    copy_lake(cloud.client("s3"), cloud.names.lake_bucket, tmp_path)
    lake = LocalLake.open(tmp_path)
    rows = lake.ask_sql(BY_VARIANT).rows
    assert {variant: (n, purchases) for variant, n, purchases in rows} == total(cloud)
    users = lake.ask_sql(
        "SELECT DISTINCT user_id, ELEMENT_AT(experiments, 'deployed-button')"
        " FROM eventstream.events WHERE ELEMENT_AT(experiments, 'deployed-button') IS NOT NULL"
    ).rows
    assert dict(users) == asked.body["assignments"]  # type: ignore[arg-type]  # pairs


def test_a_person_can_do_the_same_by_the_command_line(
    cloud: Cloud, ops: Ops, state: Path, tmp_path: Path
) -> None:
    file = tmp_path / "definition.json"
    file.write_text(json.dumps(make_definition()))
    made = ops("experiment", "put", "by-hand", file, "--state", state)
    started = ops("experiment", "start", "by-hand", "--state", state)
    assigned = ops("experiment", "assign", "by-hand", "usr_1", "usr_2", "--state", state)
    stopped = ops("experiment", "stop", "by-hand", "--state", state)
    shown = ops("experiment", "show", "by-hand", "--state", state)
    listed = ops("experiment", "list", "--state", state)

    assert [one.returncode for one in (made, started, assigned, stopped, shown, listed)] == [0] * 6
    assert len(assigned.stdout.splitlines()) == 2
    definition = json.loads(shown.stdout)
    assert (definition["status"], definition["version"]) == ("stopped", 3)
    read = ask(cloud.api_url, "GET", "/experiments/by-hand", key=cloud.read_key)
    assert read.body == definition
    assert "by-hand" in listed.stdout
    again = ops("experiment", "start", "by-hand", "--state", state)
    assert again.returncode == 1
    assert "status_change_not_allowed" in again.stdout + again.stderr
