"""The local cloud, from its command line and at its front door."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.exceptions import ClientError

from ops.cloudformation.stack import DeployStack
from ops.kit.errors import OperationFailed
from ops.local.cloud import Cloud
from ops.local.home import Home
from ops.local.port import HOST, free_port
from tests.builders import make_client_event
from tests.e2e.conftest import Ops
from tests.e2e.http import ask
from tests.e2e.keys import ThrottledKey

pytestmark = pytest.mark.e2e


def test_bringing_it_up_again_changes_nothing(ops: Ops, state: Path, cloud: Cloud) -> None:
    again = ops("up", "--state", state)

    assert again.returncode == 0, again.stderr
    assert "already running" in again.stdout
    assert again.stdout.count("unchanged") == 4
    assert Cloud.load(Home(state)) == cloud


def test_it_prints_where_to_send_events(ops: Ops, state: Path, cloud: Cloud) -> None:
    again = ops("up", "--state", state)

    assert cloud.api_url in again.stdout
    assert cloud.api_key in again.stdout


def test_status_tells_programs_what_there_is(ops: Ops, state: Path, cloud: Cloud) -> None:
    shown = json.loads(ops("status", "--json", "--state", state).stdout)

    assert shown["running"] is True
    assert shown["api_url"] == cloud.api_url
    assert set(shown["streams"]) == {"events", "clicks", "checkouts"}
    assert set(shown["queues"]) == {"raw-objects", "raw-objects-dlq"}
    assert set(shown["objects"]) == {"raw", "quarantine", "lake"}
    assert set(shown["event_sources"].values()) == {"Enabled"}
    assert len(shown["event_sources"]) == 6


def test_status_tells_people_the_same(ops: Ops, state: Path, cloud: Cloud) -> None:
    shown = ops("status", "--state", state)

    assert shown.returncode == 0
    assert cloud.api_url in shown.stdout
    assert "Objects in quarantine" in shown.stdout


def test_status_of_no_cloud_is_an_error(ops: Ops, tmp_path: Path) -> None:
    for_people = ops("status", "--state", tmp_path)
    for_programs = ops("status", "--json", "--state", tmp_path)

    assert for_people.returncode == for_programs.returncode == 1
    assert "not running" in for_people.stderr
    assert json.loads(for_programs.stdout) == {"running": False}


def test_a_taken_port_is_named_with_its_holder(ops: Ops, tmp_path: Path) -> None:
    with socket.create_server((HOST, 0)) as holder:
        port = holder.getsockname()[1]
        refused = ops("up", "--port", port, "--state", tmp_path)

    assert refused.returncode == 1
    assert f"Port {port} is in use by" in refused.stderr
    assert "--port" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_running_cloud_is_not_moved_to_another_port(ops: Ops, state: Path, cloud: Cloud) -> None:
    refused = ops("up", "--port", free_port(), "--state", state)

    assert refused.returncode == 1
    assert f"already running on port {urlsplit(cloud.endpoint).port}" in refused.stderr


def test_taking_down_what_is_not_up_is_no_error(ops: Ops, tmp_path: Path) -> None:
    assert ops("down", "--state", tmp_path).returncode == 0


def test_taking_down_what_never_was_leaves_no_folder(ops: Ops, tmp_path: Path) -> None:
    assert ops("down", "--state", tmp_path / "never").returncode == 0
    assert not (tmp_path / "never").exists()


def test_the_api_is_healthy(cloud: Cloud) -> None:
    assert ask(cloud.api_url, "GET", "/health").status == 200


@pytest.mark.parametrize("key", [None, "wrong"])
def test_events_are_taken_with_a_key_only(cloud: Cloud, key: str | None) -> None:
    refused = ask(cloud.api_url, "POST", "/events", make_client_event(), key)

    assert refused.status == 403


def test_a_client_above_its_rate_is_told_to_slow_down(cloud: Cloud) -> None:
    key = ThrottledKey.make(cloud).value

    statuses = [
        ask(cloud.api_url, "POST", "/events", make_client_event(), key).status for _ in range(2)
    ]

    assert statuses[0] != 429
    assert statuses[1] == 429


def test_only_the_function_whose_event_source_listens_reports_partial_failures(
    cloud: Cloud,
) -> None:
    assert (listens(cloud, "transform_raw"), is_told(cloud, "transform_raw")) == (True, True)
    assert (listens(cloud, "process_events"), is_told(cloud, "process_events")) == (False, False)


def listens(cloud: Cloud, function: str) -> bool:
    name = cloud.names.function(function)
    found = cloud.client("lambda").list_event_source_mappings(FunctionName=name)
    [mapping] = found["EventSourceMappings"]
    return "ReportBatchItemFailures" in mapping["FunctionResponseTypes"]


def is_told(cloud: Cloud, function: str) -> bool:
    name = cloud.names.function(function)
    configuration = cloud.client("lambda").get_function_configuration(FunctionName=name)
    return "PARTIAL_BATCH_RESPONSES" in configuration["Environment"]["Variables"]


def test_a_key_that_the_local_cloud_did_not_issue_opens_nothing(cloud: Cloud) -> None:
    stranger = boto3.client(
        "s3",
        endpoint_url=cloud.endpoint,
        region_name=cloud.region,
        aws_access_key_id="AKIASTRANGERSTRANGER",
        aws_secret_access_key="secret",  # noqa: S106
    )

    with pytest.raises(ClientError, match="InvalidAccessKeyId"):
        stranger.list_objects_v2(Bucket=cloud.names.lake_bucket)


def test_a_stack_that_fails_a_check_says_which_resource_and_why(cloud: Cloud) -> None:
    taken = {"BucketName": cloud.names.raw_bucket}

    failed = fail_to_deploy(cloud, {"Twin": {"Type": "AWS::S3::Bucket", "Properties": taken}})

    assert "Twin (AWS::S3::Bucket)" in failed.advice
    assert "already exists" in failed.advice


def test_a_stack_that_fails_on_the_way_says_which_resource_and_why(cloud: Cloud) -> None:
    patience = {"Handle": {"Ref": "Handle"}, "Timeout": "1", "Count": 1}
    resources = {
        "Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
        "Wait": {"Type": "AWS::CloudFormation::WaitCondition", "Properties": patience},
    }

    failed = fail_to_deploy(cloud, resources)

    assert "Wait (AWS::CloudFormation::WaitCondition)" in failed.advice


def fail_to_deploy(cloud: Cloud, resources: dict[str, object]) -> OperationFailed:
    deploy = DeployStack(cloud.client("cloudformation"))
    with pytest.raises(OperationFailed) as failed:
        deploy("broken", json.dumps({"Resources": resources}), {})
    return failed.value
