"""What a first `chalice deploy` makes, with all that surrounds it, against moto."""

from __future__ import annotations

import json
from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from chalicelib.settings.triggers import TriggerSettings
from ops.stage.triggers import functions_of
from tests.contract.chalice_on_moto import World, copy_project, make_layer

pytestmark = [
    pytest.mark.contract,
    # moto leaves out what it doesn't know of the backing stack.
    pytest.mark.filterwarnings("ignore:Tried to parse:UserWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

STREAM_FUNCTIONS = ("process_events", "process_clicks", "process_checkouts")


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Return a deployment that no test changes."""
    with mock_aws(config={"lambda": {"use_docker": False}}):
        world = World(copy_project(tmp_path_factory.mktemp("project")), make_layer())
        world.deploying()()
        yield world


def test_a_first_deployment_makes_every_function_under_its_name(standing: World) -> None:
    functions = boto3.client("lambda").list_functions()["Functions"]

    assert {f["FunctionName"] for f in functions} == set(standing.target.functions)


def test_every_function_has_a_role_of_its_own_with_the_policy_of_the_table(
    standing: World,
) -> None:
    iam = boto3.client("iam")
    for name in functions_of(standing.project, standing.target.stage):
        function = standing.target.names.chalice_function(name)
        found = boto3.client("lambda").get_function_configuration(FunctionName=function)
        role = found["Role"].rsplit("/", 1)[-1]
        [policy] = iam.list_role_policies(RoleName=role)["PolicyNames"]
        document = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]

        assert document == json.loads(
            (standing.project.chalice / f"policies/dev/{name}.json").read_text()
        )


def test_the_functions_are_told_of_buckets_machine_and_topic_literally(standing: World) -> None:
    names = standing.target.names
    environment = standing.environment("roll_up_hour")

    assert environment["RAW_BUCKET"] == names.raw_bucket
    assert environment["LAKE_BUCKET"] == names.lake_bucket
    assert environment["ROLLUP_STATE_MACHINE"] == names.rollup_state_machine_arn
    assert environment["ALERTS_TOPIC"] == names.alerts_topic_arn


@pytest.mark.parametrize("function", STREAM_FUNCTIONS)
def test_a_streams_event_source_loses_nothing_and_blocks_nothing(
    standing: World, function: str
) -> None:
    mapping = standing.mapping(function)

    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["BisectBatchOnFunctionError"] is True
    assert mapping["MaximumRetryAttempts"] == -1
    assert mapping["MaximumRecordAgeInSeconds"] == 23 * 3600
    assert mapping["DestinationConfig"]["OnFailure"] == {
        "Destination": f"arn:aws:s3:::{standing.target.names.failures_bucket}"
    }


def test_the_queue_cannot_take_the_concurrency_of_an_account(standing: World) -> None:
    assert standing.mapping("transform_raw")["ScalingConfig"] == {"MaximumConcurrency": 4}


def test_health_is_throttled(standing: World) -> None:
    gateway = boto3.client("apigateway")
    [api] = gateway.get_rest_apis()["items"]

    settings = gateway.get_stage(restApiId=api["id"], stageName="api")["methodSettings"]

    assert settings["~1health/GET"]["throttlingRateLimit"] == standing.stage.keyless_rate_per_s
    assert settings["~1health/GET"]["throttlingBurstLimit"] == standing.stage.keyless_burst


@pytest.mark.parametrize("function", [*STREAM_FUNCTIONS, "transform_raw"])
def test_a_wired_function_reports_what_failed(standing: World, function: str) -> None:
    assert TriggerSettings.from_env(standing.environment(function)).partial_batch_responses


def test_a_page_can_read_what_the_gateway_refuses(standing: World) -> None:
    gateway = boto3.client("apigateway")
    [api] = gateway.get_rest_apis()["items"]

    for kind in ("DEFAULT_4XX", "DEFAULT_5XX"):
        found = gateway.get_gateway_response(restApiId=api["id"], responseType=kind)
        assert found["responseParameters"] == {
            "gatewayresponse.header.Access-Control-Allow-Origin": "'*'",
            "gatewayresponse.header.Access-Control-Allow-Headers": "'Content-Type,X-Api-Key'",
        }
