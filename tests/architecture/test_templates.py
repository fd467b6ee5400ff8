"""The templates, the configuration and the policies fit together."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from chalicelib.model.hour import Hour
from chalicelib.model.raw import RawKey
from ops.deploy.app import app_body
from ops.deploy.backing import backing_body
from ops.deploy.package import Package
from ops.names import FUNCTIONS, STREAMS, TABLES, Names
from ops.project import ROOT, Project
from tests.architecture.cloudformation import ACCOUNT, REGION, resolved

STAGES = ["local", "dev", "prod"]
REFUSALS = ["DEFAULT_4XX", "DEFAULT_5XX"]
LONGEST_REGION = "us-isof-south-1"
POLICIES = sorted((ROOT / ".chalice" / "policies").glob("*.json"))


READ_STREAM = (
    "DescribeStream",
    "DescribeStreamSummary",
    "GetRecords",
    "GetShardIterator",
    "ListShards",
)
ARCHIVE = {
    "s3:PutObject raw-*/raw/*",
    "s3:PutObject raw-*/quarantine/*",
    "dynamodb:GetItem batches",
    "dynamodb:PutItem batches",
    "dynamodb:UpdateItem batches",
    "dynamodb:PutItem metrics",
    "dynamodb:UpdateItem metrics",
}
GRANTS = {
    "api_handler": {f"kinesis:PutRecords {stream}" for stream in STREAMS},
    "transform_raw": {
        "sqs:DeleteMessage raw-objects",
        "sqs:GetQueueAttributes raw-objects",
        "sqs:ReceiveMessage raw-objects",
        "s3:GetObject raw-*/raw/*",
        "s3:ListBucket raw-*",
        "s3:PutObject lake-*/events/*",
        "dynamodb:UpdateItem aggregates",
        "dynamodb:PutItem batches",
    },
    "start_hourly_rollup": {"states:StartExecution hourly-rollup"},
    "determine_hours": {"dynamodb:Query aggregates"},
    "roll_up_hour": {
        "s3:ListBucket lake-*",
        "s3:GetObject lake-*/events/*",
        "dynamodb:Query metrics",
        "dynamodb:ConditionCheckItem aggregates",
        "dynamodb:DeleteItem aggregates",
        "dynamodb:PutItem aggregates",
        "dynamodb:UpdateItem aggregates",
    },
    "record_run": {"dynamodb:PutItem aggregates"},
    **{
        f"process_{stream}": {f"kinesis:{call} {stream}" for call in READ_STREAM} | ARCHIVE
        for stream in STREAMS
    },
}


def lint(body: str, folder: Path) -> str:
    template = folder / "template.json"
    template.write_text(body)
    command = [sys.executable, "-m", "cfnlint", "--regions", REGION, "--", str(template)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def test_the_backing_template_is_sound_as_it_is_sent(tmp_path: Path) -> None:
    assert lint(backing_body(Project()), tmp_path) == ""


def test_the_app_template_is_sound_as_it_is_sent(package: Package, tmp_path: Path) -> None:
    assert lint(app_body(package, "s3://artefacts/app.zip"), tmp_path) == ""


def test_a_template_is_small_enough_to_be_sent_inline(package: Package) -> None:
    assert len(backing_body(Project())) < 51_200
    assert len(app_body(package, "s3://artefacts/app.zip")) < 51_200


@pytest.mark.parametrize("stage", STAGES)
def test_the_functions_are_told_the_names_of_what_is_there(
    config: dict[str, Any], backing: dict[str, Any], stage: str
) -> None:
    told = config["stages"][stage]["environment_variables"]
    names = {told[key] for key in told if key.endswith(("_STREAM", "_TABLE", "_QUEUE"))}

    assert len(names) == 7
    assert names <= named(backing, stage)


@pytest.mark.parametrize("stage", STAGES)
def test_the_command_line_knows_the_same_names(backing: dict[str, Any], stage: str) -> None:
    names = Names(stage=stage, account=ACCOUNT, region=REGION)
    buckets = {names.raw_bucket, names.lake_bucket, names.artefacts_bucket}
    queues = {names.raw_queue, names.raw_dead_letters}
    streams_and_tables = {*map(names.stream, STREAMS), *map(names.table, TABLES)}
    machine = {names.rollup_state_machine_arn.rsplit(":", 1)[-1]}

    assert named(backing, stage) == buckets | queues | streams_and_tables | machine


def test_names_with_an_account_or_region_in_them_are_left_to_cloudformation(
    app_template: dict[str, Any],
) -> None:
    names = Names(stage="dev", account=ACCOUNT, region=REGION)
    common = app_template["Globals"]["Function"]["Environment"]["Variables"]

    assert resolved(common, "dev") == {
        "CORS_ALLOW_ORIGIN": "*",
        "RAW_BUCKET": names.raw_bucket,
        "LAKE_BUCKET": names.lake_bucket,
        "ROLLUP_STATE_MACHINE": names.rollup_state_machine_arn,
    }


def test_the_functions_have_the_names_that_the_state_machine_calls(
    app_template: dict[str, Any], backing: dict[str, Any]
) -> None:
    names = Names(stage="dev", account=ACCOUNT, region=REGION)
    there = {resolved(f["FunctionName"], "dev") for f in functions(app_template).values()}
    machine = backing["Resources"]["HourlyRollup"]["Properties"]
    called = resolved(machine["DefinitionSubstitutions"], "dev")

    assert there == set(names.functions)
    assert isinstance(called, dict)
    assert {arn.rsplit(":", 1)[-1] for arn in called.values()} <= there


def test_every_function_has_limits_and_a_policy_of_its_own(
    config: dict[str, Any], app_template: dict[str, Any]
) -> None:
    for name in ("api_handler", *FUNCTIONS):
        own = config["lambda_functions"][name]
        packed = functions(app_template)[name]
        policy = json.loads((ROOT / ".chalice" / own["iam_policy_file"]).read_text())
        role = app_template["Resources"][packed["Role"]["Fn::GetAtt"][0]]["Properties"]

        assert own["iam_policy_file"] == f"policies/{name}.json"
        assert packed["MemorySize"] == own["lambda_memory_size"]
        assert packed["Timeout"] == own["lambda_timeout"]
        assert [p["PolicyDocument"] for p in role["Policies"]] == [policy]


def test_no_policy_belongs_to_nobody(config: dict[str, Any]) -> None:
    assert {path.stem for path in POLICIES} == set(config["lambda_functions"])


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_a_policy_grants_what_its_function_does_and_no_more(path: Path) -> None:
    granted = {
        f"{action} {resource.rsplit('eventstream-*-', 1)[-1]}"
        for statement in json.loads(path.read_text())["Statement"]
        if statement["Sid"] != "WriteLogs"
        for action in statement["Action"]
        for resource in statement["Resource"]
    }

    assert granted == GRANTS[path.stem]


@pytest.mark.parametrize("stage", STAGES)
def test_a_function_writes_to_its_own_log_alone(stage: str) -> None:
    names = Names(stage=stage, account=ACCOUNT, region=REGION)
    for path in POLICIES:
        own = names.api_function if path.stem == "api_handler" else names.function(path.stem)
        logs = json.loads(path.read_text())["Statement"][-1]
        writable = [
            name
            for name in names.functions
            if any(fnmatchcase(log_stream(name), pattern) for pattern in logs["Resource"])
        ]

        assert logs["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
        assert writable == [own]


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_a_policy_allows_named_actions_on_our_own_things(path: Path) -> None:
    for statement in json.loads(path.read_text())["Statement"]:
        assert not any("*" in action for action in statement["Action"])
        assert all("eventstream-" in resource for resource in statement["Resource"])


def test_every_function_has_a_log_to_write_to(backing: dict[str, Any]) -> None:
    names = Names(stage="dev", account=ACCOUNT, region=REGION)
    groups = {
        resolved(resource["Properties"]["LogGroupName"], "dev")
        for resource in backing["Resources"].values()
        if resource["Type"] == "AWS::Logs::LogGroup"
    }

    assert groups == {f"/aws/lambda/{name}" for name in names.functions}


def test_a_message_stays_hidden_until_its_function_has_surely_ended(
    config: dict[str, Any], backing: dict[str, Any]
) -> None:
    visibility = backing["Parameters"]["RawQueueVisibilitySeconds"]["Default"]

    assert visibility >= 6 * config["lambda_functions"]["transform_raw"]["lambda_timeout"]


def test_a_message_is_tried_three_times_before_it_is_a_dead_letter(
    backing: dict[str, Any],
) -> None:
    queue = backing["Resources"]["RawObjectsQueue"]["Properties"]

    assert queue["RedrivePolicy"]["maxReceiveCount"] == 3


def test_all_that_is_archived_is_announced_and_grows_cold(backing: dict[str, Any]) -> None:
    bucket = backing["Resources"]["RawBucket"]["Properties"]
    [cold] = [r for r in bucket["LifecycleConfiguration"]["Rules"] if "Transitions" in r]
    [told] = bucket["NotificationConfiguration"]["QueueConfigurations"]
    announced = {rule["Name"]: rule["Value"] for rule in told["Filter"]["S3Key"]["Rules"]}
    key = str(RawKey("click", Hour.parse("2024-03-01T05"), "clicks-shardId-000000000000", "1"))

    assert key.startswith(cold["Prefix"])
    assert cold["Prefix"] == announced["prefix"] == "raw/"
    assert key.endswith(announced["suffix"])


def test_a_page_of_the_allowed_origin_can_read_every_answer(app_template: dict[str, Any]) -> None:
    api = app_template["Resources"]["RestAPI"]["Properties"]
    preflights = [path["options"] for path in api["DefinitionBody"]["paths"].values()]
    headers = [api["GatewayResponses"][of]["ResponseParameters"]["Headers"] for of in REFUSALS]
    origins = [header["Access-Control-Allow-Origin"] for header in headers]
    for preflight in preflights:
        answers = preflight["x-amazon-apigateway-integration"]["responses"].values()
        parameters = [answer["responseParameters"] for answer in answers]
        origins += [p["method.response.header.Access-Control-Allow-Origin"] for p in parameters]

    assert origins == [{"Fn::Sub": "'${CorsAllowOrigin}'"}] * (len(REFUSALS) + len(preflights))
    assert {header["Access-Control-Allow-Headers"] for header in headers} == {
        "'Content-Type,X-Api-Key'"
    }


def test_sam_adds_no_stage_of_its_own(app_template: dict[str, Any]) -> None:
    assert app_template["Resources"]["RestAPI"]["Properties"]["OpenApiVersion"] == "2.0"


@pytest.mark.parametrize("stage", ["d", "dev", "pr-1234", "a" * 12])
def test_a_stage_can_be_called(
    stage: str, backing: dict[str, Any], app_template: dict[str, Any]
) -> None:
    names = Names(stage=stage, account=ACCOUNT, region=LONGEST_REGION)

    assert allows_stage(backing, stage)
    assert allows_stage(app_template, stage)
    for bucket in (names.raw_bucket, names.lake_bucket, names.artefacts_bucket):
        assert len(bucket) <= 63


@pytest.mark.parametrize("stage", ["", "a" * 13, "dev-", "-dev", "Dev", "1", "de_v"])
def test_a_stage_cannot_be_called(
    stage: str, backing: dict[str, Any], app_template: dict[str, Any]
) -> None:
    assert not allows_stage(backing, stage)
    assert not allows_stage(app_template, stage)


def allows_stage(template: dict[str, Any], stage: str) -> bool:
    return bool(re.fullmatch(template["Parameters"]["Stage"]["AllowedPattern"], stage))


def log_stream(function: str) -> str:
    return f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/{function}:log-stream:1"


def test_nothing_deployed_names_an_account_or_a_region(package: Package) -> None:
    for body in (backing_body(Project()), package.template.read_text()):
        assert not re.search(r"\b\d{12}\b|\b(us|eu|ap|sa|ca|me|af)-[a-z]+-\d\b", body)


def functions(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The functions' properties by their Chalice names."""
    return {
        _chalice_name(resource["Properties"]["Handler"]): resource["Properties"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Function"
    }


def _chalice_name(handler: str) -> str:
    name = handler.removeprefix("app.")
    return "api_handler" if name == "app" else name


def named(template: dict[str, Any], stage: str) -> set[object]:
    """The names of everything that is created under a name, logs aside."""
    keys = {"Name", "BucketName", "QueueName", "TableName", "StateMachineName"}
    return {
        resolved(resource["Properties"][key], stage)
        for resource in template["Resources"].values()
        for key in keys & resource["Properties"].keys()
    }
