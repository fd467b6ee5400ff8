"""`chalice deploy` again, after failures and beside colleagues, against moto."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.errors import BatchIncomplete
from chalicelib.model.batch_report import BatchReport
from chalicelib.settings.triggers import TriggerSettings
from ops.deploy.event_sources import wire_event_sources
from ops.deploy.missing_event_sources import bring_back_event_sources
from ops.deploy.ready import wait_until_ready
from ops.kit.errors import OperationFailed
from ops.packaging.chalice_config import CONFIG_FILE, literals_of
from ops.stage.deployment_path import DeploymentPath
from ops.stage.target import Target
from tests.contract.chalice_on_moto import World, copy_project, make_layer, run_chalice

pytestmark = [
    pytest.mark.contract,
    # moto leaves out what it doesn't know of the backing stack.
    pytest.mark.filterwarnings("ignore:Tried to parse:UserWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

STREAM_FUNCTIONS = ("process_events", "process_clicks", "process_checkouts")
ALL = (*STREAM_FUNCTIONS, "transform_raw")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with mock_aws(config={"lambda": {"use_docker": False}}):
        yield World(copy_project(tmp_path), make_layer())


@pytest.fixture
def deployed(world: World) -> World:
    world.deploying()()
    return world


def delete_mapping(world: World, function: str) -> None:
    boto3.client("lambda").delete_event_source_mapping(UUID=world.mapping(function)["UUID"])


def apis() -> list[Any]:
    return list(boto3.client("apigateway").get_rest_apis()["items"])


def state_in_bucket(world: World) -> dict[str, Any]:
    found = boto3.client("s3").get_object(
        Bucket=world.target.names.artefacts_bucket, Key="chalice/deployed/dev.json"
    )
    loaded: dict[str, Any] = json.loads(found["Body"].read())
    return loaded


def test_deploying_again_makes_nothing_anew(deployed: World) -> None:
    before = {name: deployed.mapping(name)["UUID"] for name in ALL}
    [api] = apis()

    deployed.deploying()()

    assert {name: deployed.mapping(name)["UUID"] for name in ALL} == before
    assert [one["id"] for one in apis()] == [api["id"]]
    assert len(boto3.client("apigateway").get_usage_plans()["items"]) == 1
    assert len(boto3.client("apigateway").get_api_keys()["items"]) == 1


def test_deploying_again_configures_nothing_anew(deployed: World) -> None:
    before = (deployed.project.chalice / CONFIG_FILE).read_text()

    deployed.deploying()()

    assert (deployed.project.chalice / CONFIG_FILE).read_text() == before
    assert "1/6 Configuration" in deployed.printed.getvalue().rpartition("unchanged")[0]


def test_a_layer_once_chosen_stays(deployed: World) -> None:
    chosen = literals_of(deployed.project.config, "dev")
    again = World(deployed.project, "")
    again.deploying()()

    assert literals_of(deployed.project.config, "dev") == chosen


def test_a_mapping_that_is_made_anew_unwired_makes_its_function_raise(deployed: World) -> None:
    delete_mapping(deployed, "process_events")
    chalice = deployed.deploying().chalice
    chalice.deploy()

    assert not deployed.mapping("process_events").get("FunctionResponseTypes")
    settings = TriggerSettings.from_env(deployed.environment("process_events"))
    failed = BatchReport(name="batch", figures={}, failed_ids=["49"])
    with pytest.raises(BatchIncomplete):
        failed.to_lambda(partial=settings.partial_batch_responses)


def test_wiring_mends_a_mapping_that_was_made_anew(deployed: World) -> None:
    delete_mapping(deployed, "process_events")
    deployed.deploying().chalice.deploy()

    changes = deployed.deploying().wired().changes

    assert any("event source of process_events" in change for change in changes)
    assert deployed.mapping("process_events")["BisectBatchOnFunctionError"] is True


def test_wiring_twice_changes_nothing(deployed: World) -> None:
    assert deployed.deploying().wired().changes == ()


def test_wiring_waits_for_a_mapping_that_is_still_being_made(deployed: World) -> None:
    deployed.deploying().chalice.deploy()
    boto3.client("lambda").update_event_source_mapping(
        UUID=deployed.mapping("process_events")["UUID"], BisectBatchOnFunctionError=False
    )
    states, told_in = ["Creating"] * 30, list[int]()

    def as_aws_does(parsed: dict[str, Any], **_: object) -> None:
        for mapping in parsed["EventSourceMappings"]:
            if states:
                mapping["State"] = states.pop()

    session = boto3.Session()
    session.events.register("after-call.lambda.ListEventSourceMappings", as_aws_does)
    session.events.register(
        "before-call.lambda.UpdateEventSourceMapping", lambda **_: told_in.append(len(states))
    )
    wire_event_sources(Target.of(session, deployed.stage, deployed.project))

    # AWS refuses to update one in the state Creating.
    assert told_in
    assert not any(told_in)


def test_a_mapping_that_is_disabled_is_not_waited_for(deployed: World) -> None:
    boto3.client("lambda").update_event_source_mapping(
        UUID=deployed.mapping("process_events")["UUID"], Enabled=False
    )

    with pytest.raises(OperationFailed, match="process_events is disabled"):
        wait_until_ready(deployed.target)


def without_identity(mapping: dict[str, Any]) -> dict[str, Any]:
    own = {"UUID", "EventSourceMappingArn", "LastModified"}
    return {key: value for key, value in mapping.items() if key not in own}


@pytest.mark.parametrize("function", ["process_clicks", "transform_raw"])
def test_wiring_brings_back_an_event_source_as_it_was(deployed: World, function: str) -> None:
    before = deployed.mapping(function)
    delete_mapping(deployed, function)

    changes = deployed.deploying().wired().changes

    assert changes == (f"event source of {function} was missing: created",)
    assert without_identity(deployed.mapping(function)) == without_identity(before)


def test_an_event_source_that_was_brought_back_listens_from_its_first_record(
    deployed: World,
) -> None:
    delete_mapping(deployed, "process_clicks")
    asked = list[dict[str, Any]]()
    session = boto3.Session()
    session.events.register(
        "provide-client-params.lambda.CreateEventSourceMapping",
        lambda params, **_: asked.append(params),
    )
    target = Target.of(session, deployed.stage, deployed.project)

    bring_back_event_sources(target, DeploymentPath.CHALICE)

    [one] = asked
    assert one["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert one["BisectBatchOnFunctionError"] is True
    assert one["MaximumRetryAttempts"] == -1
    assert one["MaximumRecordAgeInSeconds"] == 23 * 3600
    assert one["DestinationConfig"]["OnFailure"]["Destination"].endswith(
        deployed.target.names.failures_bucket
    )
    assert one["StartingPosition"] == "TRIM_HORIZON"


def test_chalice_takes_an_event_source_that_was_brought_back_for_its_own(deployed: World) -> None:
    delete_mapping(deployed, "process_events")
    deployed.deploying().wired()
    made = deployed.mapping("process_events")["UUID"]

    deployed.deploying().chalice.deploy()

    assert deployed.mapping("process_events")["UUID"] == made


def test_what_chalice_remembers_is_shared_with_a_colleague(
    deployed: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    colleague = World(copy_project(tmp_path_factory.mktemp("colleague")), deployed.layer_arn)
    colleague.deploying()()

    assert len(apis()) == 1
    assert {r["name"] for r in state_in_bucket(deployed)["resources"]} >= {"rest_api", *ALL}


def delete_mapping_and_deploy_by_chalice_alone(world: World) -> str:
    delete_mapping(world, "process_events")
    arguments = ["deploy", "--stage", "dev"]
    run_chalice(arguments, world.project.root, world.target.names.region, lambda _line: None)
    return str(world.mapping("process_events")["UUID"])


def test_what_chalice_alone_made_is_shared_by_wiring(deployed: World) -> None:
    made = delete_mapping_and_deploy_by_chalice_alone(deployed)

    deployed.deploying().wired()
    deployed.deploying()()

    assert deployed.mapping("process_events")["UUID"] == made
    assert made in json.dumps(state_in_bucket(deployed))


def test_what_chalice_alone_made_is_not_lost_to_what_a_colleague_made(deployed: World) -> None:
    delete_mapping_and_deploy_by_chalice_alone(deployed)
    state = deployed.deploying().chalice.state
    boto3.client("s3").put_object(
        Bucket=deployed.target.names.artefacts_bucket, Key=state.key, Body=b"a colleague's"
    )
    own = state.file.read_bytes()

    with pytest.raises(OperationFailed, match="and so did somebody else"):
        state.fetch()

    assert state.file.read_bytes() == own


def test_two_who_deploy_at_once_are_told_of_each_other(deployed: World) -> None:
    state = deployed.deploying().chalice.state
    with pytest.raises(OperationFailed, match="at the same time"), state.shared():
        boto3.client("s3").put_object(
            Bucket=deployed.target.names.artefacts_bucket, Key=state.key, Body=b"another"
        )


def test_a_deployment_that_failed_half_way_goes_on_where_it_stopped(world: World) -> None:
    do = {step.title: step.do for step in world.deploying().steps}
    do["Configuration"]()
    do["Backing stack"]()
    boto3.client("sqs").delete_queue(QueueUrl=queue_url(world))
    with pytest.raises(OperationFailed, match="chalice deploy"):
        do["Functions and API"]()
    made = {name: world.mapping(name)["UUID"] for name in STREAM_FUNCTIONS}
    boto3.client("sqs").create_queue(QueueName=world.target.names.raw_queue)

    do["Functions and API"]()
    do["Event sources, key"]()

    assert {name: world.mapping(name)["UUID"] for name in STREAM_FUNCTIONS} == made
    assert world.mapping("transform_raw")


def queue_url(world: World) -> str:
    return boto3.client("sqs").get_queue_url(QueueName=world.target.names.raw_queue)["QueueUrl"]


def test_a_step_that_fails_says_which_and_how_to_go_on(world: World) -> None:
    app = world.project.app
    app.write_text(app.read_text().replace("settings =", "import no_such_module\nsettings ="))

    with pytest.raises(OperationFailed) as failed:
        world.deploying()()

    assert "Step 3/6 Functions and API failed" in failed.value.reason
    assert "no_such_module" in failed.value.advice
    assert "run the same command again" in failed.value.advice


def test_a_stage_belongs_to_one_path(deployed: World) -> None:
    with pytest.raises(OperationFailed, match="can't be mixed with package"):
        deployed.deploying(DeploymentPath.PACKAGE)


def test_deleting_takes_everything_that_chalice_made(deployed: World) -> None:
    deployed.deploying().chalice.delete()

    assert boto3.client("lambda").list_functions()["Functions"] == []
    assert apis() == []
    assert deployed.deploying().chalice.state.read() == {}
