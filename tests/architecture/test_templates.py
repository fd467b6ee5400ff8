"""The templates, the configuration and the policies fit together."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from chalicelib.archive.raw_key import RawKey
from chalicelib.model.hour import Hour
from chalicelib.settings.triggers import TriggerSettings
from ops.cloudformation.upload import MAX_INLINE_BYTES
from ops.deploy.app import app_body
from ops.deploy.backing import backing_body
from ops.kit.project import Project
from ops.packaging.app_event_sources import let_event_sources_listen
from ops.packaging.chalice_config import configured
from ops.packaging.package import Package
from ops.stage.names import OWN_STREAMS, STREAMS, TABLES, Names
from ops.stage.stages import read_stage
from tests.architecture.cloudformation import ACCOUNT, REGION, lint, resolved
from tests.functions import ALL_FUNCTIONS

STAGES = ["local", "dev", "prod"]
REFUSALS = ["DEFAULT_4XX", "DEFAULT_5XX"]
MAX_UPLOADED_BYTES = 1_000_000
LONGEST_REGION = "us-isof-south-1"


def test_the_linter_finds_what_is_wrong(tmp_path: Path) -> None:
    assert "E3006" in lint('{"Resources": {"Topic": {"Type": "AWS::SNS::Topik"}}}', tmp_path)


def test_the_backing_template_is_sound_as_it_is_sent(tmp_path: Path) -> None:
    assert lint(backing_body(Project()), tmp_path) == ""


def test_the_app_template_is_sound_as_it_is_sent(package: Package, tmp_path: Path) -> None:
    assert lint(app_body(package, "s3://artefacts/app.zip"), tmp_path) == ""


def test_the_backing_template_can_be_sent_inline() -> None:
    # It makes the bucket that a larger template would be uploaded to.
    assert len(backing_body(Project()).encode()) <= MAX_INLINE_BYTES


def test_the_app_template_is_within_what_cloudformation_reads_from_a_bucket(
    package: Package,
) -> None:
    assert len(app_body(package, "s3://artefacts/app.zip").encode()) <= MAX_UPLOADED_BYTES


@pytest.mark.parametrize("stage", STAGES)
def test_the_functions_are_told_the_names_of_what_is_there(
    backing: dict[str, Any], stage: str
) -> None:
    told = configured(Project(), read_stage(Project(), stage), None)["stages"][stage][
        "environment_variables"
    ]
    names = {told[key] for key in told if key.endswith(("_STREAM", "_TABLE", "_QUEUE"))}

    assert len(names) == 10
    assert names <= named(backing, stage)


@pytest.mark.parametrize("stage", STAGES)
def test_the_command_line_knows_the_same_names(backing: dict[str, Any], stage: str) -> None:
    names = Names(stage=stage, account=ACCOUNT, region=REGION)
    buckets = {names.raw_bucket, names.lake_bucket, names.artefacts_bucket, names.failures_bucket}
    queues = {names.raw_queue, names.raw_dead_letters}
    streams_and_tables = {*map(names.stream, STREAMS), *map(names.table, TABLES)}
    machine = {names.rollup_state_machine_arn.rsplit(":", 1)[-1]}

    topic = {names.alerts_topic_arn.rsplit(":", 1)[-1]}

    workgroup = {names.prefix}
    assert named(backing, stage) == (
        buckets | queues | streams_and_tables | machine | topic | workgroup
    )


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
        "ALERTS_TOPIC": names.alerts_topic_arn,
    }


def test_the_functions_have_the_names_that_the_state_machine_calls(
    app_template: dict[str, Any], backing: dict[str, Any]
) -> None:
    names = Names(stage="dev", account=ACCOUNT, region=REGION)
    there = {resolved(f["FunctionName"], "dev") for f in functions(app_template).values()}
    machine = backing["Resources"]["HourlyRollup"]["Properties"]
    called = resolved(machine["DefinitionSubstitutions"], "dev")

    assert there == set(map(names.chalice_function, ALL_FUNCTIONS))
    assert isinstance(called, dict)
    assert {arn.rsplit(":", 1)[-1] for arn in called.values()} <= there


def test_every_function_has_limits_of_its_own(
    config: dict[str, Any], app_template: dict[str, Any]
) -> None:
    for name in ALL_FUNCTIONS:
        own = config["lambda_functions"][name]
        packed = functions(app_template)[name]

        assert packed["MemorySize"] == own["lambda_memory_size"]
        assert packed["Timeout"] == own["lambda_timeout"]


def test_every_function_has_a_log_to_write_to(backing: dict[str, Any]) -> None:
    names = Names(stage="dev", account=ACCOUNT, region=REGION)
    groups = {
        resolved(resource["Properties"]["LogGroupName"], "dev")
        for resource in backing["Resources"].values()
        if resource["Type"] == "AWS::Logs::LogGroup"
    }

    assert groups == {f"/aws/lambda/{names.chalice_function(name)}" for name in ALL_FUNCTIONS} | {
        "/aws/vendedlogs/states/eventstream-dev-hourly-rollup"
    }


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
    for bucket in map(names.bucket, ("raw", "lake", "artefacts", "failures")):
        assert len(bucket) <= 63


@pytest.mark.parametrize("stage", ["", "a" * 13, "dev-", "-dev", "Dev", "1", "de_v"])
def test_a_stage_cannot_be_called(
    stage: str, backing: dict[str, Any], app_template: dict[str, Any]
) -> None:
    assert not allows_stage(backing, stage)
    assert not allows_stage(app_template, stage)


def allows_stage(template: dict[str, Any], stage: str) -> bool:
    return bool(re.fullmatch(template["Parameters"]["Stage"]["AllowedPattern"], stage))


def test_nothing_deployed_names_an_account_or_a_region(package: Package) -> None:
    for body in (backing_body(Project()), package.template.read_text()):
        assert not re.search(r"\b\d{12}\b|\b(us|eu|ap|sa|ca|me|af)-[a-z]+-\d\b", body)


def mapping(template: dict[str, Any], function: str) -> dict[str, Any]:
    [event] = functions(template)[function]["Events"].values()
    return dict(event["Properties"])


@pytest.mark.parametrize("stream", STREAMS)
def test_a_streams_event_source_is_made_with_every_option(
    app_template: dict[str, Any], stream: str
) -> None:
    made = resolved(mapping(app_template, f"process_{stream}"), "dev")
    bucket = Names(stage="dev", account=ACCOUNT, region=REGION).failures_bucket

    assert isinstance(made, dict)
    assert (
        made.items()
        >= {
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "BisectBatchOnFunctionError": True,
            "MaximumRetryAttempts": -1,
            "MaximumRecordAgeInSeconds": {"Ref": "MaxRecordAgeSeconds"},
            "DestinationConfig": {"OnFailure": {"Destination": f"arn:aws:s3:::{bucket}"}},
            "StartingPosition": "TRIM_HORIZON",
        }.items()
    )


def test_an_event_source_that_is_packaged_is_one_that_wiring_leaves_alone(
    app_template: dict[str, Any],
) -> None:
    for function in ("process_events", "process_clicks", "process_checkouts", "transform_raw"):
        assert "FunctionResponseTypes" in mapping(app_template, function)
        variables = functions(app_template)[function]["Environment"]["Variables"]
        assert TriggerSettings.from_env(variables).partial_batch_responses


def test_the_queue_cannot_take_the_concurrency_of_an_account(app_template: dict[str, Any]) -> None:
    # A new account has ten, and the API and three streams need some of them.
    assert mapping(app_template, "transform_raw")["ScalingConfig"]["MaximumConcurrency"] <= 5


def test_a_cloud_whose_streams_ignore_failures_is_never_sent_any() -> None:
    template: dict[str, Any] = {"Events": {"any": {"Type": "Kinesis", "Properties": {}}}}

    let_event_sources_listen([template], streams_listen=False)

    assert template == {"Events": {"any": {"Type": "Kinesis", "Properties": {}}}}


def test_every_method_without_a_key_is_throttled(app_template: dict[str, Any]) -> None:
    api = app_template["Resources"]["RestAPI"]["Properties"]
    keyless = {
        (f"/{path.replace('/', '~1')}", method.upper())
        for path, methods in api["DefinitionBody"]["paths"].items()
        for method, operation in methods.items()
        if not operation.get("security")
    }
    throttled = {(one["ResourcePath"], one["HttpMethod"]) for one in api["MethodSettings"]}

    assert ("/~1health", "GET") in keyless
    assert throttled == keyless
    for one in api["MethodSettings"]:
        assert one["ThrottlingRateLimit"] == {"Ref": "KeylessRatePerSecond"}
        assert one["ThrottlingBurstLimit"] == {"Ref": "KeylessBurst"}


def test_no_table_can_be_deleted_by_accident(backing: dict[str, Any]) -> None:
    tables = [
        resource["Properties"]
        for resource in backing["Resources"].values()
        if resource["Type"] == "AWS::DynamoDB::Table"
    ]

    assert len(tables) == len(TABLES)
    assert all(one["DeletionProtectionEnabled"] == {"Ref": "ProtectTables"} for one in tables)
    assert backing["Parameters"]["ProtectTables"]["Default"] == "true"


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
    keys = {"Name", "BucketName", "QueueName", "TableName", "StateMachineName", "TopicName"}
    return {
        resolved(resource["Properties"][key], stage)
        for resource in template["Resources"].values()
        for key in keys & resource["Properties"].keys()
    }


@pytest.mark.parametrize("stream", OWN_STREAMS)
def test_attribution_begins_where_the_deployment_says_and_otherwise_at_the_oldest_record(
    app_template: dict[str, Any], stream: str
) -> None:
    made = mapping(app_template, f"attribute_{stream}")

    assert made["StartingPosition"]["Fn::If"][1:] == ["AT_TIMESTAMP", "TRIM_HORIZON"]
    assert made["StartingPositionTimestamp"]["Fn::If"][1:] == [
        {"Ref": "AttributionStartsAt"},
        {"Ref": "AWS::NoValue"},
    ]
    # Another position would lose what is in the stream, or repeat a day of it.
    assert mapping(app_template, f"process_{stream}")["StartingPosition"] == "TRIM_HORIZON"
