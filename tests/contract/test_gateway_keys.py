"""Keys and usage plans in API Gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import pytest

from chalicelib.model.scope import Scope
from ops.keys.gateway_keys import GatewayKeys
from ops.keys.key import DEFAULT, GatewayKey
from ops.keys.usage_plans import UsagePlans, keys_on, plan_name, plans_of
from ops.stage.names import Names
from ops.stage.stages import Limits, Stage

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient

pytestmark = pytest.mark.contract

PREFIX = "eventstream-dev"
NAMES = Names("dev", "123456789012", "us-east-1")
STAGE = Stage("dev", rate_per_s=9, burst=8, daily_quota=700, read=Limits(6, 5))


@pytest.fixture
def client(aws: None) -> APIGatewayClient:
    return boto3.client("apigateway")


@pytest.fixture
def keys(client: APIGatewayClient) -> GatewayKeys:
    return GatewayKeys(client, NAMES)


@pytest.fixture
def api_id(client: APIGatewayClient) -> str:
    """Return an API with a stage, which plans refer to."""
    api_id = client.create_rest_api(name="api")["id"]
    root = client.get_resources(restApiId=api_id)["items"][0]["id"]
    client.put_method(
        restApiId=api_id, resourceId=root, httpMethod="GET", authorizationType="NONE"
    )
    client.put_integration(restApiId=api_id, resourceId=root, httpMethod="GET", type="MOCK")
    client.create_deployment(restApiId=api_id, stageName="api")
    return api_id


def plans(client: APIGatewayClient, api_id: str, stage: Stage = STAGE) -> UsagePlans:
    return UsagePlans(client, PREFIX, stage, api_id)


def test_a_key_has_the_value_that_it_was_given(keys: GatewayKeys) -> None:
    made = keys.create("page", "esw_" + "a" * 32)

    assert keys.find("page") == made == GatewayKey(made.id, "page", "esw_" + "a" * 32)
    assert keys.find("another") is None


def test_keys_of_other_stages_are_not_seen(keys: GatewayKeys, client: APIGatewayClient) -> None:
    for name in ("eventstream-dev-eu", "eventstream-dev-eu.page", "eventstream-de", "theirs"):
        client.create_api_key(name=name)
    keys.create(DEFAULT, "esw_" + "a" * 32)
    keys.create("page", "esw_" + "b" * 32)

    assert {key.name for key in keys.all()} == {DEFAULT, "page"}


def test_a_key_can_be_deleted_twice(keys: GatewayKeys) -> None:
    made = keys.create("page", "esw_" + "a" * 32)

    keys.delete(made.id)
    keys.delete(made.id)

    assert keys.all() == []


def test_a_disabled_key_is_said_to_be_so(keys: GatewayKeys, client: APIGatewayClient) -> None:
    made = keys.create("page", "esw_" + "a" * 32)
    client.update_api_key(
        apiKey=made.id,
        patchOperations=[{"op": "replace", "path": "/enabled", "value": "false"}],
    )

    [found] = keys.all()
    assert not found.is_enabled


def test_a_plan_is_made_with_the_first_key_of_its_scope(
    keys: GatewayKeys, client: APIGatewayClient, api_id: str
) -> None:
    made = keys.create("board", "esr_" + "a" * 32)

    assert plans(client, api_id).join(made.id, Scope.READ)
    assert not plans(client, api_id).join(made.id, Scope.READ)

    [plan] = plans_of(client, PREFIX)
    assert plan["name"] == plan_name(PREFIX, api_id, Scope.READ)
    assert (plan["throttle"]["rateLimit"], plan["throttle"]["burstLimit"]) == (6, 5)
    assert "quota" not in plan
    assert plan["apiStages"][0]["stage"] == "api"
    assert keys_on(client, plan["id"]) == {made.id}


def test_each_scope_has_a_plan_of_its_own(
    keys: GatewayKeys, client: APIGatewayClient, api_id: str
) -> None:
    for scope in Scope:
        made = keys.create(str(scope), f"es{scope[0]}_" + "a" * 32)
        plans(client, api_id).join(made.id, scope)

    assert len(plans_of(client, PREFIX)) == 3
    [writing] = [p for p in plans_of(client, PREFIX) if p["name"] == f"{PREFIX}-{api_id}"]
    assert (writing["quota"]["limit"], writing["quota"]["period"]) == (700, "DAY")


def test_limits_that_were_changed_are_adjusted_once(
    keys: GatewayKeys, client: APIGatewayClient, api_id: str
) -> None:
    plans(client, api_id).join(keys.create("page", "esw_" + "a" * 32).id, Scope.WRITE)
    changed = plans(client, api_id, Stage("dev", rate_per_s=1, burst=2, daily_quota=0))

    assert changed.adjust()
    assert not changed.adjust()

    [plan] = plans_of(client, PREFIX)
    assert (plan["throttle"]["rateLimit"], plan["throttle"]["burstLimit"]) == (1, 2)
    assert not plan.get("quota")
