"""The doctor finds nothing in a sound deployment, and each thing that is broken in it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pybase64
import pytest
from moto import mock_aws

from chalicelib.aws.objects import S3Objects
from chalicelib.replay import notes
from ops.doctor.check import examine
from ops.doctor.checks import CHECKS
from ops.doctor.show import shown
from ops.packaging.mapping_options import LISTENS
from ops.stage.names import Names
from tests.builders import make_event
from tests.contract.chalice_on_moto import World, copy_project, make_layer
from tests.contract.complete import announce, complete, put_alarm, topic_arn

ABANDONED = "aws/lambda/1f0a/shardId-000000000000/2026/11/20/2026-11-20T12.00.00-a"

pytestmark = [
    pytest.mark.contract,
    pytest.mark.filterwarnings("ignore:Tried to parse:UserWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Return a deployment that is sound at first, and that the tests break more and more."""
    with mock_aws(config={"lambda": {"use_docker": False}}):
        world = World(copy_project(tmp_path_factory.mktemp("project")), make_layer())
        world.deploying()()
        complete(world)
        yield world


def found(world: World) -> dict[str, tuple[str, ...]]:
    """Return the problems by the title of their check."""
    diagnoses = examine(world.target, CHECKS)
    return {one.check.title: one.problems for one in diagnoses if one.problems}


def test_a_sound_deployment_has_no_problems(world: World) -> None:
    assert found(world) == {}


def test_a_new_mapping_that_was_not_wired_is_found(world: World) -> None:
    boto3.client("lambda").delete_event_source_mapping(
        UUID=world.mapping("process_events")["UUID"]
    )
    world.deploying().chalice.deploy()

    problems = found(world)

    assert (
        "process_events fails whole batches because it was not wired"
        in (problems["Partial failures"])
    )
    assert any("process_events lacks" in one for one in problems["Event source options"])

    world.deploying().wired()
    assert found(world) == {}


def note_replayed(names: Names, *record_ids: str) -> None:
    objects = S3Objects(boto3.client("s3"), names.failures_bucket)
    shard = f"{names.stream('events')}/shardId-000000000000"
    notes.write(objects, ABANDONED, [f"{shard}/{one}" for one in record_ids])


def test_an_abandoned_batch_waits_until_every_record_of_it_is_replayed(world: World) -> None:
    names = world.target.names
    put_abandoned(names, "1", "2")
    before = found(world)
    note_replayed(names, "1")
    in_part = found(world)
    note_replayed(names, "1", "2")

    assert "1 batches abandoned by Lambda" in before["Abandoned batches"][0]
    assert "Abandoned batches" in in_part
    assert found(world) == {}


Break = Callable[[World, Names], object]


def ignore_failures(world: World, names: Names) -> None:
    boto3.client("lambda").update_event_source_mapping(
        UUID=world.mapping("process_clicks")["UUID"], FunctionResponseTypes=[]
    )


def drop_age_limit(world: World, names: Names) -> None:
    boto3.client("lambda").update_event_source_mapping(
        UUID=world.mapping("process_clicks")["UUID"], MaximumRecordAgeInSeconds=60
    )


def drop_mapping(world: World, names: Names) -> None:
    boto3.client("lambda").delete_event_source_mapping(UUID=world.mapping("transform_raw")["UUID"])


def set_variable(world: World, function: str, name: str, value: str) -> None:
    boto3.client("lambda").update_function_configuration(
        FunctionName=world.target.names.function(function),
        Environment={"Variables": {**world.environment(function), name: value}},
    )


def unwire(world: World, names: Names) -> None:
    set_variable(world, "transform_raw", LISTENS, "false")


def change_setting(world: World, names: Names) -> None:
    set_variable(world, "record_run", "AGGREGATES_TABLE", "another")


def take_layer(world: World, names: Names) -> None:
    boto3.client("lambda").update_function_configuration(
        FunctionName=names.function("roll_up_hour"), Layers=[]
    )


def widen(world: World, names: Names) -> None:
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    boto3.client("iam").put_role_policy(
        RoleName="eventstream-dev-record_run",
        PolicyName="more",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )


def narrow(world: World, names: Names) -> None:
    iam, role = boto3.client("iam"), "eventstream-dev-determine_hours"
    [name] = iam.list_role_policies(RoleName=role)["PolicyNames"]
    iam.delete_role_policy(RoleName=role, PolicyName=name)


def stop_announcing(world: World, names: Names) -> None:
    boto3.client("s3").put_bucket_notification_configuration(
        Bucket=names.raw_bucket, NotificationConfiguration={}
    )


def announce_some(world: World, names: Names) -> None:
    announce(names)
    queue = f"arn:aws:sqs:{names.region}:{names.account}:{names.raw_queue}"
    filtered: Any = {
        "QueueArn": queue,
        "Events": ["s3:ObjectCreated:*"],
        "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "raw/type=click/"}]}},
    }
    boto3.client("s3").put_bucket_notification_configuration(
        Bucket=names.raw_bucket, NotificationConfiguration={"QueueConfigurations": [filtered]}
    )


def close_queue(world: World, names: Names) -> None:
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=names.raw_queue)["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})


def allow_all_but(world: World, names: Names) -> None:
    statement = {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}
    boto3.client("iam").put_role_policy(
        RoleName="eventstream-dev-publish_alerts",
        PolicyName="more",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statement}),
    )


def deny_instead(world: World, names: Names) -> None:
    iam, role = boto3.client("iam"), "eventstream-dev-start_hourly_rollup"
    [name] = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document: Any = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    for statement in document["Statement"]:
        statement["Effect"] = "Deny"
    iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))


def disable_mapping(world: World, names: Names) -> None:
    boto3.client("lambda").update_event_source_mapping(
        UUID=world.mapping("process_checkouts")["UUID"], Enabled=False
    )


def attach_policy(world: World, names: Names) -> None:
    iam = boto3.client("iam")
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    made = iam.create_policy(PolicyName="theirs", PolicyDocument=json.dumps(document))
    iam.attach_role_policy(RoleName="eventstream-dev-judge_hours", PolicyArn=made["Policy"]["Arn"])


def half_open_bucket(world: World, names: Names) -> None:
    boto3.client("s3").put_public_access_block(
        Bucket=names.artefacts_bucket,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "BlockPublicPolicy": False,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        },
    )


def take_plan(world: World, names: Names) -> None:
    gateway = boto3.client("apigateway")
    [key] = gateway.get_api_keys()["items"]
    [plan] = gateway.get_usage_plans()["items"]
    gateway.delete_usage_plan_key(usagePlanId=plan["id"], keyId=key["id"])


def abandon(world: World, names: Names) -> None:
    put_abandoned(names, "a", "b")


def put_abandoned(names: Names, *record_ids: str) -> None:
    records = [
        {
            "eventID": f"shardId-000000000000:{one}",
            "eventSourceARN": f"arn:aws:kinesis:us-east-1:1:stream/{names.stream('events')}",
            "kinesis": {"data": pybase64.b64encode_as_string(json.dumps(make_event()).encode())},
        }
        for one in record_ids
    ]
    boto3.client("s3").put_object(
        Bucket=names.failures_bucket,
        Key=ABANDONED,
        Body=json.dumps({"payload": json.dumps({"Records": records})}).encode(),
    )


def drop_dead_letters(world: World, names: Names) -> None:
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=names.raw_queue)["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": ""})


def shorten_dead_letters(world: World, names: Names) -> None:
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=names.raw_dead_letters)["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"MessageRetentionPeriod": "3600"})


def open_bucket(world: World, names: Names) -> None:
    boto3.client("s3").delete_public_access_block(Bucket=names.lake_bucket)


def allow_plain_http(world: World, names: Names) -> None:
    boto3.client("s3").delete_bucket_policy(Bucket=names.failures_bucket)


def stop_versions(world: World, names: Names) -> None:
    boto3.client("s3").put_bucket_versioning(
        Bucket=names.raw_bucket, VersioningConfiguration={"Status": "Suspended"}
    )


def stop_encrypting(world: World, names: Names) -> None:
    boto3.client("s3").delete_bucket_encryption(Bucket=names.raw_bucket)


def never_forget(world: World, names: Names) -> None:
    boto3.client("dynamodb").update_time_to_live(
        TableName=names.table("batches"),
        TimeToLiveSpecification={"AttributeName": "expires_at", "Enabled": False},
    )


def stop_recovery(world: World, names: Names) -> None:
    boto3.client("dynamodb").update_continuous_backups(
        TableName=names.table("metrics"),
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False},
    )


def bare_stream(world: World, names: Names) -> None:
    boto3.client("kinesis").stop_stream_encryption(
        StreamName=names.stream("events"), EncryptionType="KMS", KeyId="alias/aws/kinesis"
    )


def drop_alarm(world: World, names: Names) -> None:
    boto3.client("cloudwatch").delete_alarms(AlarmNames=[f"{names.prefix}-dead-letters"])


def mute_alarm(world: World, names: Names) -> None:
    put_alarm(world, f"{names.prefix}-dead-letters", enabled=False)


def unsubscribe(world: World, names: Names) -> None:
    sns = boto3.client("sns")
    arn = topic_arn(names, "alerts")
    for one in sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]:
        sns.unsubscribe(SubscriptionArn=one["SubscriptionArn"])


def delete_key(world: World, names: Names) -> None:
    gateway = boto3.client("apigateway")
    [key] = gateway.get_api_keys()["items"]
    gateway.delete_api_key(apiKey=key["id"])


def add_stranger(world: World, names: Names) -> None:
    boto3.client("apigateway").create_api_key(name=f"{names.prefix}.stranger")


def loosen_plan(world: World, names: Names) -> None:
    gateway = boto3.client("apigateway")
    [plan] = gateway.get_usage_plans()["items"]
    gateway.update_usage_plan(
        usagePlanId=plan["id"],
        patchOperations=[{"op": "replace", "path": "/throttle/rateLimit", "value": "99999"}],
    )


def update_mapping(function: str, **changes: Any) -> Break:
    def change(world: World, names: Names) -> None:
        boto3.client("lambda").update_event_source_mapping(
            UUID=world.mapping(function)["UUID"], **changes
        )

    change.__name__ = next(iter(changes))
    return change


def read_twice(world: World, names: Names) -> None:
    mapping = world.mapping("process_clicks")
    boto3.client("lambda").create_event_source_mapping(
        FunctionName=mapping["FunctionArn"],
        EventSourceArn=mapping["EventSourceArn"].replace("clicks", "events"),
        StartingPosition="TRIM_HORIZON",
    )


def reserve_nothing(world: World, names: Names) -> None:
    boto3.client("lambda").put_function_concurrency(
        FunctionName=names.function("roll_up_hour"), ReservedConcurrentExecutions=0
    )


def reserve_little(world: World, names: Names) -> None:
    boto3.client("lambda").put_function_concurrency(
        FunctionName=names.function("process_events"), ReservedConcurrentExecutions=1
    )


def rule_of(names: Names) -> str:
    return f"{names.prefix}-start_hourly_rollup-event"


def disable_schedule(world: World, names: Names) -> None:
    boto3.client("events").disable_rule(Name=rule_of(names))


def run_daily(world: World, names: Names) -> None:
    boto3.client("events").put_rule(
        Name=rule_of(names), ScheduleExpression="cron(10 0 * * ? *)", State="ENABLED"
    )


def drop_schedule(world: World, names: Names) -> None:
    events, rule = boto3.client("events"), rule_of(names)
    targets = events.list_targets_by_rule(Rule=rule)["Targets"]
    events.remove_targets(Rule=rule, Ids=[one["Id"] for one in targets])


def leave_dead_letter(world: World, names: Names) -> None:
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=names.raw_dead_letters)["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="{}")


def drop_state_machine(world: World, names: Names) -> None:
    boto3.client("stepfunctions").delete_state_machine(
        stateMachineArn=names.rollup_state_machine_arn
    )


def unprotect_table(world: World, names: Names) -> None:
    boto3.client("dynamodb").update_table(
        TableName=names.table("aggregates"), DeletionProtectionEnabled=False
    )


def unprotect_stack(world: World, names: Names) -> None:
    boto3.client("cloudformation").update_termination_protection(
        StackName=names.backing_stack, EnableTerminationProtection=False
    )


def loosen_health(world: World, names: Names) -> None:
    gateway = boto3.client("apigateway")
    [api] = gateway.get_rest_apis()["items"]
    gateway.update_stage(
        restApiId=api["id"],
        stageName="api",
        patchOperations=[
            {"op": "replace", "path": "/~1health/GET/throttling/rateLimit", "value": "9999"}
        ],
    )


CLICK_FILTER = {"Filters": [{"Pattern": '{"data": {"source": ["web"]}}'}]}

BROKEN: list[tuple[Break, str, str]] = [
    (ignore_failures, "Partial failures", "DATA LOSS"),
    (unwire, "Partial failures", "transform_raw fails whole batches"),
    (drop_age_limit, "Event source options", "MaximumRecordAgeInSeconds"),
    (disable_mapping, "Event source options", "process_checkouts is Disabled"),
    (
        update_mapping("process_events", ParallelizationFactor=10),
        "Event source options",
        "process_events lacks ParallelizationFactor 1",
    ),
    (
        update_mapping("process_clicks", FilterCriteria=CLICK_FILTER),
        "Event source options",
        "process_clicks lacks .*FilterCriteria",
    ),
    (
        update_mapping("process_events", TumblingWindowInSeconds=60),
        "Event source options",
        "process_events lacks .*TumblingWindowInSeconds 0",
    ),
    (
        update_mapping("process_events", BatchSize=1),
        "Event source options",
        "process_events lacks BatchSize 10000",
    ),
    (
        update_mapping("transform_raw", ScalingConfig={"MaximumConcurrency": 1000}),
        "Event source options",
        "transform_raw lacks ScalingConfig {'MaximumConcurrency': 4}",
    ),
    (read_twice, "Surplus event sources", "process_clicks also reads"),
    (reserve_nothing, "Reserved concurrency", "roll_up_hour has .* of 0, so it never runs"),
    (reserve_little, "Reserved concurrency", "process_events has .* of 1, .* none"),
    (disable_schedule, "Hourly schedule", "is disabled"),
    (run_daily, "Hourly schedule", "not every hour"),
    (drop_schedule, "Hourly schedule", "no schedule invokes"),
    (leave_dead_letter, "Dead letters waiting", "1 messages wait"),
    (drop_state_machine, "State machine", "hourly-rollup does not exist"),
    (unprotect_table, "Tables", "aggregates can be deleted by accident"),
    (unprotect_stack, "Stacks", "backing can be deleted by accident"),
    (loosen_health, "Methods without a key", "/health/GET needs no key"),
    (drop_mapping, "Event source options", "transform_raw has no event source"),
    (change_setting, "Function settings", "AGGREGATES_TABLE"),
    (take_layer, "Layer", "roll_up_hour lacks the layer"),
    (widen, "Function policies", r"record_run has permissions .*s3:\*"),
    (attach_policy, "Function policies", "judge_hours has an additional policy"),
    (narrow, "Function policies", "determine_hours lacks permissions: .*dynamodb:Query"),
    (announce_some, "Notifications of raw objects", "never reach the lake"),
    (close_queue, "Notifications of raw objects", "rejects messages"),
    (allow_all_but, "Function policies", r"publish_alerts has permissions .* \*"),
    (deny_instead, "Function policies", "start_hourly_rollup lacks permissions: .*states:Start"),
    (abandon, "Abandoned batches", "1 batches abandoned by Lambda"),
    (drop_dead_letters, "Dead letters", "no dead-letter queue"),
    (shorten_dead_letters, "Dead letters", "less than 14 days"),
    (half_open_bucket, "Buckets", "artefacts.* may be made public"),
    (open_bucket, "Buckets", "lake.* may be made public"),
    (allow_plain_http, "Buckets", "failures.* accepts plain HTTP"),
    (stop_versions, "Buckets", "raw.* has no versioning"),
    (stop_encrypting, "Buckets", "raw.* is not encrypted"),
    (never_forget, "Tables", "batches has no TTL"),
    (stop_recovery, "Tables", "metrics has no point-in-time recovery"),
    (bare_stream, "Streams", "events is not encrypted"),
    (drop_alarm, "Alarms", "dead-letters does not exist"),
    (mute_alarm, "Alarms", "dead-letters has no action"),
    (unsubscribe, "Subscriptions", "eventstream-dev-alerts has no subscriber"),
    (loosen_plan, "API keys and usage plans", "other limits"),
    (take_plan, "API keys and usage plans", "default is on no usage plan"),
    (delete_key, "API keys and usage plans", "default is listed, but API Gateway does not"),
    (add_stranger, "API keys and usage plans", "stranger .* not listed"),
]


@pytest.mark.parametrize(
    ("harm", "title", "sentence"), BROKEN, ids=[harm.__name__ for harm, _, _ in BROKEN]
)
def test_what_is_broken_is_found(world: World, harm: Break, title: str, sentence: str) -> None:
    before = found(world).get(title, ())
    harm(world, world.target.names)
    after = found(world)[title]

    assert not any(re.search(sentence, one) for one in before)
    assert any(re.search(sentence, one) for one in after), after


def test_a_problem_is_shown_with_its_fix(world: World) -> None:
    stop_announcing(world, world.target.names)
    table = shown(examine(world.target, CHECKS))

    cells = [str(cell) for column in table.columns for cell in column.cells]

    assert any("never reach the lake" in cell for cell in cells)
    assert "python -m ops deploy" in cells
