"""On a cloud that enforces policies, each function is refused what is not its business."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from ops.kit.project import Project
from ops.local.cloud import Cloud
from ops.packaging.grants import EVERYTHING, GRANTED_FUNCTIONS, grants_of
from ops.stage.names import Names
from ops.stage.places import Place
from ops.stage.stages import LOCAL
from ops.stage.triggers import functions_of

pytestmark = pytest.mark.e2e

# Nobody's business: these would lose events, hide what happened or widen what a function may do.
RUINOUS = {
    ("kinesis:DeleteStream", "stream:events"),
    ("s3:DeleteObject", "objects:raw/raw/"),
    ("s3:DeleteObject", "objects:lake/events/"),
    ("s3:GetObject", "objects:artefacts/app/"),
    ("s3:PutObject", "objects:artefacts/app/"),
    ("s3:PutBucketPolicy", "bucket:raw"),
    ("dynamodb:DeleteTable", "table:aggregates"),
    ("dynamodb:Scan", "table:metrics"),
    ("dynamodb:PutItem", "table:keys"),
    ("dynamodb:UpdateItem", "table:keys"),
    ("dynamodb:DeleteItem", "table:keys"),
    ("sqs:PurgeQueue", "queue:raw-objects"),
    ("sqs:SendMessage", "queue:raw-objects"),
    ("sqs:ReceiveMessage", "queue:raw-objects-dlq"),
    ("sns:Subscribe", "topic:alerts"),
    ("states:StopExecution", "machine:hourly-rollup"),
    ("iam:PassRole", EVERYTHING),
    ("iam:PutRolePolicy", EVERYTHING),
    ("lambda:InvokeFunction", EVERYTHING),
    ("lambda:UpdateFunctionCode", EVERYTHING),
    ("sts:AssumeRole", EVERYTHING),
}


def granted(function: str) -> set[tuple[str, str]]:
    return {
        (action, thing)
        for grant in grants_of(function)
        for action in grant.actions.split()
        for thing in grant.things.split()
    }


# What the local stage has.
FUNCTIONS = functions_of(Project(), LOCAL)
ASKED = RUINOUS.union(*map(granted, GRANTED_FUNCTIONS))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_is_allowed_its_own_actions_and_refused_every_other(
    cloud: Cloud, function: str
) -> None:
    decided = dict(decisions(cloud, function))

    assert {pair for pair, allowed in decided.items() if allowed} == granted(function)
    assert decided.keys() == ASKED


def decisions(cloud: Cloud, function: str) -> Iterator[tuple[tuple[str, str], bool]]:
    iam = cloud.session.client("iam")
    place = Place(cloud.stage, cloud.account, cloud.region)
    actions_by_thing = defaultdict(list)
    for action, thing in sorted(ASKED):
        actions_by_thing[thing].append(action)
    for thing, actions in actions_by_thing.items():
        answer = iam.simulate_principal_policy(
            PolicySourceArn=role_of(cloud, function),
            ActionNames=actions,
            ResourceArns=[place.arn(thing).replace("*", "something")],
        )
        for result in answer["EvaluationResults"]:
            yield (result["EvalActionName"], thing), result["EvalDecision"] == "allowed"


def role_of(cloud: Cloud, function: str) -> str:
    name = cloud.names.chalice_function(function)
    return cloud.client("lambda").get_function_configuration(FunctionName=name)["Role"]


Call = Callable[[boto3.Session, Names], object]


def put_event(session: boto3.Session, names: Names) -> object:
    return session.client("kinesis").put_records(
        StreamName=names.stream("events"), Records=[{"Data": b"{}", "PartitionKey": "a"}]
    )


def read_clicks(session: boto3.Session, names: Names) -> object:
    return session.client("kinesis").get_shard_iterator(
        StreamName=names.stream("clicks"),
        ShardId="shardId-000000000000",
        ShardIteratorType="TRIM_HORIZON",
    )


def overwrite_raw(session: boto3.Session, names: Names) -> object:
    return session.client("s3").put_object(Bucket=names.raw_bucket, Key="raw/x", Body=b"")


def overwrite_lake(session: boto3.Session, names: Names) -> object:
    return session.client("s3").put_object(Bucket=names.lake_bucket, Key="events/x", Body=b"")


def read_raw(session: boto3.Session, names: Names) -> object:
    return session.client("s3").get_object(Bucket=names.raw_bucket, Key="raw/x")


def read_lake(session: boto3.Session, names: Names) -> object:
    return session.client("s3").get_object(Bucket=names.lake_bucket, Key="events/x")


def list_lake(session: boto3.Session, names: Names) -> object:
    return session.client("s3").list_objects_v2(Bucket=names.lake_bucket)


def delete_raw(session: boto3.Session, names: Names) -> object:
    return session.client("s3").delete_object(Bucket=names.raw_bucket, Key="raw/x")


def replace_code(session: boto3.Session, names: Names) -> object:
    return session.client("s3").put_object(Bucket=names.artefacts_bucket, Key="app/x", Body=b"")


def move_checkpoint(session: boto3.Session, names: Names) -> object:
    return session.client("dynamodb").put_item(
        TableName=names.table("batches"),
        Item={"batch_id": {"S": "refused"}, "processed_at": {"S": "refused"}},
    )


def forge_rollup(session: boto3.Session, names: Names) -> object:
    return session.client("dynamodb").put_item(
        TableName=names.table("aggregates"),
        Item={"event_type": {"S": "refused"}, "window_start": {"S": "refused"}},
    )


def forge_key(session: boto3.Session, names: Names) -> object:
    return session.client("dynamodb").put_item(
        TableName=names.table("keys"), Item={"key_name": {"S": "refused"}}
    )


def read_keys(session: boto3.Session, names: Names) -> object:
    return session.client("dynamodb").scan(TableName=names.table("keys"))


def read_anomalies(session: boto3.Session, names: Names) -> object:
    return session.client("dynamodb").get_item(
        TableName=names.table("anomalies"),
        Key={"metric": {"S": "refused"}, "window_start": {"S": "refused"}},
    )


def take_message(session: boto3.Session, names: Names) -> object:
    sqs = session.client("sqs")
    url = f"{sqs.meta.endpoint_url}/{names.account}/{names.raw_queue}"
    return sqs.receive_message(QueueUrl=url)


def alert_people(session: boto3.Session, names: Names) -> object:
    return session.client("sns").publish(TopicArn=names.alerts_topic_arn, Message="refused")


def start_rollup(session: boto3.Session, names: Names) -> object:
    return session.client("stepfunctions").start_execution(
        stateMachineArn=names.rollup_state_machine_arn, name="refused", input="{}"
    )


def call_another_function(session: boto3.Session, names: Names) -> object:
    return session.client("lambda").invoke(FunctionName=names.function("record_run"))


FORBIDDEN: dict[str, tuple[Call, ...]] = {
    "api_handler": (read_clicks, overwrite_raw, move_checkpoint, replace_code, forge_key),
    "process_events": (
        read_keys,
        put_event,
        read_clicks,
        read_lake,
        delete_raw,
        overwrite_lake,
        forge_rollup,
    ),
    "process_clicks": (put_event, read_lake, delete_raw, take_message, replace_code),
    "process_checkouts": (read_clicks, put_event, forge_rollup, alert_people),
    "transform_raw": (overwrite_raw, delete_raw, list_lake, put_event, forge_rollup),
    "start_hourly_rollup": (call_another_function, forge_rollup, put_event),
    "determine_hours": (forge_rollup, start_rollup, list_lake),
    "roll_up_hour": (overwrite_lake, read_raw, move_checkpoint, alert_people, read_anomalies),
    "seal_hour": (read_raw, delete_raw, move_checkpoint, put_event, read_anomalies),
    "judge_hours": (forge_rollup, alert_people, list_lake),
    "publish_alerts": (forge_rollup, start_rollup, read_anomalies),
    "record_run": (alert_people, move_checkpoint, start_rollup, call_another_function),
    "compute_results": (forge_rollup, alert_people, read_raw, put_event),
    "attribute_clicks": (read_raw, move_checkpoint, put_event, forge_rollup),
    "attribute_checkouts": (read_raw, move_checkpoint, put_event, forge_rollup),
    "report_attribution": (read_raw, put_event, list_lake, forge_rollup),
    "list_checkpoints": (read_raw, put_event, list_lake, forge_rollup),
    "migrate_database": (read_raw, put_event, list_lake, forge_rollup),
}
CASES = [
    pytest.param(function, call, id=f"{function}-{call.__name__}")
    for function, calls in FORBIDDEN.items()
    for call in calls
]


def test_every_function_is_tried() -> None:
    assert FORBIDDEN.keys() == set(FUNCTIONS)


@pytest.mark.parametrize(("function", "call"), CASES)
def test_a_function_that_reaches_too_far_is_refused(
    cloud: Cloud, function: str, call: Call
) -> None:
    session = acting_as(cloud, function)

    with pytest.raises(ClientError) as refused:
        call(session, cloud.names)

    error = refused.value.response
    assert error["ResponseMetadata"]["HTTPStatusCode"] in {400, 403}
    assert (
        "AccessDenied" in error["Error"]["Code"] or "AuthorizationError" in error["Error"]["Code"]
    )


def acting_as(cloud: Cloud, function: str) -> boto3.Session:
    """Sign in as a function, for which the test has to let itself in first."""
    arn = role_of(cloud, function)
    trust(cloud, arn, {"AWS": f"arn:aws:iam::{cloud.account}:root"})
    try:
        given = cloud.session.client("sts").assume_role(RoleArn=arn, RoleSessionName="tests")
    finally:
        trust(cloud, arn, {"Service": "lambda.amazonaws.com"})
    return Impostor(cloud, dict(given["Credentials"]))


class Impostor(boto3.Session):
    """A session of the local cloud's, with other credentials."""

    def __init__(self, cloud: Cloud, credentials: dict[str, Any]) -> None:
        super().__init__(
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
            region_name=cloud.region,
        )
        self._endpoint = cloud.endpoint

    def client(self, service_name: str, **options: Any) -> Any:  # type: ignore[override]
        return super().client(  # type: ignore[call-overload]
            service_name, endpoint_url=self._endpoint, **options
        )


def trust(cloud: Cloud, role_arn: str, principal: dict[str, str]) -> None:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    cloud.session.client("iam").update_assume_role_policy(
        RoleName=role_arn.rsplit("/", 1)[-1],
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
