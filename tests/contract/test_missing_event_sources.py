"""On the package path an event source that is gone comes back by its own stack."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from chalicelib.settings.streams import OwnStreams
from ops.deploy.event_sources import event_sources
from ops.deploy.missing_event_sources import bring_back_event_sources
from ops.stage.deployment_path import DeploymentPath
from ops.stage.names import STREAMS, Names
from ops.stage.stages import Stage
from ops.stage.target import Target

pytestmark = [
    pytest.mark.contract,
    pytest.mark.filterwarnings("ignore:Tried to parse:UserWarning"),
]

NAMES = Names("dev", "123456789012", "us-east-1")
TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "eventstream-dev-any"}}
GONE, KEPT = "process_clicks", "process_events"


def packaged(kind: str, **properties: object) -> dict[str, Any]:
    event = {"Type": kind, "Properties": properties}
    return {"Type": "AWS::Serverless::Function", "Properties": {"Events": {"Source": event}}}


@pytest.fixture
def target(aws: None) -> Target:
    """A stage of which every event source but one is there, and a stack that knows of all."""
    session = boto3.Session(region_name="us-east-1")
    target = Target(session, Stage("dev", own_streams=OwnStreams.YES), NAMES)
    for stream in STREAMS:
        session.client("kinesis").create_stream(StreamName=NAMES.stream(stream), ShardCount=1)
    session.client("sqs").create_queue(QueueName=NAMES.raw_queue)
    trust = {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]}
    role = session.client("iam").create_role(
        RoleName="any", AssumeRolePolicyDocument=json.dumps(trust)
    )["Role"]["Arn"]
    lambda_ = session.client("lambda")
    for source in event_sources(target):
        made = lambda_.create_function(
            FunctionName=NAMES.function(source.function),
            Runtime="python3.12",
            Role=role,
            Handler="app.any",
            Code={"ZipFile": b"no more than a name"},
        )
        if source.function != GONE:
            lambda_.create_event_source_mapping(
                FunctionName=made["FunctionArn"], EventSourceArn=source.arn
            )
    template = {
        "Resources": {
            "Topic": TOPIC,
            "ProcessClicks": packaged("Kinesis", BatchSize=7),
            "ProcessEvents": packaged("Kinesis", BatchSize=7),
        }
    }
    session.client("cloudformation").create_stack(
        StackName=NAMES.app_stack, TemplateBody=json.dumps(template)
    )
    return target


def templates_sent(target: Target) -> tuple[list[str], list[dict[str, Any]]]:
    """Bring back what is missing; return the lines, and each template that was deployed."""
    sent = list[dict[str, Any]]()
    target.session.events.register(
        "provide-client-params.cloudformation.UpdateStack",
        lambda params, **_: sent.append(json.loads(params["TemplateBody"])),
    )
    return bring_back_event_sources(target, DeploymentPath.PACKAGE), sent


def properties(template: dict[str, Any], id_: str) -> dict[str, Any]:
    return dict(template["Resources"][id_]["Properties"])


def test_the_stack_forgets_what_is_gone_and_then_makes_it_again(target: Target) -> None:
    lines, (first, second) = templates_sent(target)

    assert lines == [f"event source of {GONE} was missing: created"]
    assert "Events" not in properties(first, "ProcessClicks")
    assert properties(second, "ProcessClicks")["Events"]["Source"]["Type"] == "Kinesis"


def test_what_is_there_is_left_alone(target: Target) -> None:
    _, (first, second) = templates_sent(target)

    assert first["Resources"]["ProcessEvents"] == second["Resources"]["ProcessEvents"]
    assert properties(first, "ProcessEvents")["Events"]["Source"]["Properties"] == {"BatchSize": 7}


def test_what_was_packaged_without_options_comes_back_with_them(target: Target) -> None:
    _, (_, second) = templates_sent(target)
    made = properties(second, "ProcessClicks")["Events"]["Source"]["Properties"]

    assert made["BatchSize"] == 7
    assert made["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert made["BisectBatchOnFunctionError"] is True
    assert made["MaximumRecordAgeInSeconds"] == 23 * 3600
    assert made["DestinationConfig"]["OnFailure"]["Destination"].endswith(NAMES.failures_bucket)


def test_where_nothing_is_missing_nothing_is_deployed(target: Target) -> None:
    templates_sent(target)
    function = target.session.client("lambda").get_function_configuration(
        FunctionName=NAMES.function(GONE)
    )
    [source] = [one for one in event_sources(target) if one.function == GONE]
    target.session.client("lambda").create_event_source_mapping(
        FunctionName=function["FunctionArn"], EventSourceArn=source.arn
    )

    assert templates_sent(target) == ([], [])
