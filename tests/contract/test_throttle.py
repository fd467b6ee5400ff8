"""Methods that need no key are limited by the stage; those that need one, by their usage plans."""

from __future__ import annotations

import boto3
import pytest

from ops.chalice_path.throttle import throttle_keyless_methods, unthrottled
from ops.stage.names import API_STAGE, Names
from ops.stage.stages import Stage
from ops.stage.target import Target

pytestmark = pytest.mark.contract

NAMES = Names("dev", "123456789012", "us-east-1")


@pytest.fixture
def target(aws: None) -> Target:
    session = boto3.Session(region_name="us-east-1")
    return Target(session, Stage("dev", keyless_rate_per_s=7, keyless_burst=9), NAMES)


@pytest.fixture
def api_id(target: Target) -> str:
    """An API with a method that needs a key, and one, in a folder, that does not."""
    gateway = target.session.client("apigateway")
    api_id = gateway.create_rest_api(name="any")["id"]
    [root] = gateway.get_resources(restApiId=api_id)["items"]
    events = gateway.create_resource(restApiId=api_id, parentId=root["id"], pathPart="events")
    batch = gateway.create_resource(restApiId=api_id, parentId=events["id"], pathPart="batch")
    for resource, has_key in ((events, True), (batch, False)):
        gateway.put_method(
            restApiId=api_id,
            resourceId=resource["id"],
            httpMethod="POST",
            authorizationType="NONE",
            apiKeyRequired=has_key,
        )
        gateway.put_integration(
            restApiId=api_id,
            resourceId=resource["id"],
            httpMethod="POST",
            type="MOCK",
            requestTemplates={},
        )
    gateway.create_deployment(restApiId=api_id, stageName=API_STAGE)
    return api_id


def test_only_methods_without_a_key_are_throttled_by_the_stage(
    target: Target, api_id: str
) -> None:
    assert throttle_keyless_methods(target, api_id)

    stage = target.session.client("apigateway").get_stage(restApiId=api_id, stageName=API_STAGE)
    limits = {
        path: (one["throttlingRateLimit"], one["throttlingBurstLimit"])
        for path, one in stage["methodSettings"].items()
    }
    assert limits == {"~1events~1batch/POST": (7.0, 9)}


def test_what_is_throttled_already_is_left_alone(target: Target, api_id: str) -> None:
    gateway = target.session.client("apigateway")

    assert unthrottled(gateway, target, api_id) == ["/events/batch/POST"]
    throttle_keyless_methods(target, api_id)

    assert unthrottled(gateway, target, api_id) == []
    assert not throttle_keyless_methods(target, api_id)
