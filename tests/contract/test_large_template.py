"""A template that a call can't hold is deployed from the bucket of artefacts."""

from __future__ import annotations

import json

import boto3
import pytest

from ops.cloudformation.stack import DeployStack, stack_request
from ops.cloudformation.upload import MAX_INLINE_BYTES
from ops.stage.names import Names
from ops.stage.stages import Stage
from ops.stage.target import Target

pytestmark = pytest.mark.contract

NAMES = Names("dev", "123456789012", "us-east-1")
STACK = NAMES.monitoring_stack
TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "eventstream-dev-large"}}


@pytest.fixture
def target(aws: None) -> Target:
    boto3.client("s3").create_bucket(Bucket=NAMES.artefacts_bucket)
    return Target(boto3.Session(region_name="us-east-1"), Stage("dev"), NAMES)


def template(n_bytes: int) -> str:
    bare = json.dumps({"Resources": {"Topic": TOPIC}, "Description": ""})
    return bare[:-2] + "x" * (n_bytes - len(bare)) + bare[-2:]


def test_a_template_that_a_call_can_hold_is_sent_with_it(target: Target) -> None:
    body = template(MAX_INLINE_BYTES)

    assert stack_request(STACK, body, {}, target.upload_template)["TemplateBody"] == body


def test_a_larger_template_is_deployed_from_its_bucket(target: Target) -> None:
    deploy = DeployStack(target.session.client("cloudformation"), target.upload_template)

    deploy(STACK, template(MAX_INLINE_BYTES + 1), {})

    [topic] = boto3.client("sns").list_topics()["Topics"]
    assert topic["TopicArn"].endswith("eventstream-dev-large")


def test_the_address_of_a_template_changes_with_it(target: Target) -> None:
    addresses = [
        target.upload_template(STACK, template(MAX_INLINE_BYTES + more)) for more in (1, 2, 1)
    ]

    assert addresses[0] == addresses[2] != addresses[1]
