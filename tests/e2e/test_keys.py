"""API keys on the deployed local cloud: scopes, retirement and rotation."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app import app
from chalicelib.access.scopes import SCOPES
from chalicelib.model.scope import Scope
from ops.local.cloud import Cloud
from ops.local.home import Home
from ops.stage.names import API_STAGE
from tests.builders import make_client_event
from tests.e2e.conftest import Ops
from tests.e2e.http import ask
from tests.e2e.waiting import wait_for

pytestmark = pytest.mark.e2e

STOPS_WITHIN_S = 60.0
GUARDED = [
    (method, path)
    for path, methods in app.routes.items()
    for method in methods
    if SCOPES[method, path]
]

type Create = Callable[[Scope, str], str]


@pytest.fixture
def create(ops: Ops, state: Path) -> Create:
    def run(scope: Scope, name: str) -> str:
        ran = ops("key", "create", "--scope", scope, "--name", name, "--state", state)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout.strip()

    return run


def post(cloud: Cloud, key: str) -> int:
    return ask(cloud.api_url, "POST", "/events", make_client_event(), key).status


def key_of(cloud: Cloud, scope: Scope) -> str:
    keys = {
        Scope.WRITE: cloud.api_key,
        Scope.READ: cloud.read_key,
        Scope.ADMIN: cloud.admin_key,
    }
    return keys[scope]


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("route", GUARDED, ids=" ".join)
def test_a_key_opens_the_routes_of_its_scope_alone(
    cloud: Cloud, route: tuple[str, str], scope: Scope
) -> None:
    method, path = route
    # Refused for its content, so that nothing is stored.
    body = ["nothing"] if method == "POST" else None

    answer = ask(cloud.api_url, method, path, body, key_of(cloud, scope))

    if scope in SCOPES[route]:
        assert answer.status in {200, 400, 428}
    else:
        assert answer.status == 403
        assert [error["code"] for error in answer.body["errors"]] == ["scope_not_allowed"]


def test_a_key_is_shown_once_and_stored_nowhere(
    ops: Ops, state: Path, cloud: Cloud, create: Create
) -> None:
    value = create(Scope.WRITE, "shown-once")

    again = ops("key", "create", "--scope", "write", "--name", "shown-once", "--state", state)
    listed = ops("key", "list", "--state", state)
    items = cloud.client("dynamodb").scan(TableName=cloud.names.table("keys"))["Items"]

    assert again.returncode == 1
    assert "shown-once" in listed.stdout
    assert value not in again.stdout + again.stderr + listed.stdout + str(items)


def test_a_retired_key_stops_within_a_minute_even_if_api_gateway_admits_it(
    ops: Ops, state: Path, cloud: Cloud, create: Create
) -> None:
    value = create(Scope.WRITE, "leaked")
    assert post(cloud, value) == 200

    assert ops("key", "retire", "leaked", "--state", state).returncode == 0
    retired_at = time.monotonic()
    # As where API Gateway has not heard of it yet.
    admit_at_the_gateway(cloud, value)

    def stopped() -> bool | None:
        sent_at = time.monotonic()
        if post(cloud, value) == 403:
            return True
        assert sent_at - retired_at < STOPS_WITHIN_S
        return None

    wait_for(stopped, "refusal of the retired key")
    refused = ask(cloud.api_url, "POST", "/events", make_client_event(), value)
    assert [error["code"] for error in refused.body["errors"]] == ["key_unknown"]


def admit_at_the_gateway(cloud: Cloud, value: str) -> None:
    gateway = cloud.client("apigateway")
    api_id = urlsplit(cloud.api_url).path.split("/")[2]
    key = gateway.create_api_key(name="late", value=value, enabled=True)
    plan = gateway.create_usage_plan(
        name="late", apiStages=[{"apiId": api_id, "stage": API_STAGE}]
    )
    gateway.create_usage_plan_key(usagePlanId=plan["id"], keyId=key["id"], keyType="API_KEY")


def test_a_key_is_rotated_without_a_gap(
    ops: Ops, state: Path, cloud: Cloud, create: Create
) -> None:
    old = create(Scope.WRITE, "shop-1")
    assert post(cloud, old) == 200

    new = create(Scope.WRITE, "shop-2")

    assert [post(cloud, key) for key in (old, new, old, new)] == [200] * 4

    assert ops("key", "retire", "shop-1", "--state", state).returncode == 0

    assert post(cloud, new) == 200
    assert post(cloud, old) == 403


def test_the_keys_of_a_local_cloud_are_for_its_user_alone(state: Path, cloud: Cloud) -> None:
    assert Home(state).cloud_file.stat().st_mode & 0o777 == 0o600
    assert cloud.read_key.startswith("esr_")
    assert cloud.admin_key.startswith("esa_")


def test_up_prints_a_link_to_the_dashboard_with_the_read_key(
    ops: Ops, state: Path, cloud: Cloud
) -> None:
    again = ops("up", "--state", state)

    assert f"{cloud.api_url}/dashboard#key={cloud.read_key}" in again.stdout


def test_the_local_clouds_own_keys_are_not_retired(ops: Ops, state: Path, cloud: Cloud) -> None:
    refused = ops("key", "retire", "default", "--state", state)

    assert refused.returncode == 1
    assert post(cloud, cloud.api_key) == 200
