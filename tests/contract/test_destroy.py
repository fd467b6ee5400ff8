"""A stage is taken down whole, but for what it holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from typer.testing import CliRunner

from ops.__main__ import app
from ops.cloudformation.stack import delete_stack, find_stack
from ops.deploy.admission import withdraw
from ops.deploy.backing import deploy_backing
from ops.deploy.data import Kind, Thing, delete_data, kept_data
from ops.deploy.destroy import Destroy
from ops.stage.deployment_path import DeploymentPath, recorded_path
from ops.stage.stages import Stage
from tests.contract.chalice_on_moto import World, copy_project, make_layer, run_chalice

pytestmark = [
    pytest.mark.contract,
    pytest.mark.filterwarnings("ignore:Tried to parse:UserWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with mock_aws(config={"lambda": {"use_docker": False}}):
        yield World(copy_project(tmp_path), make_layer())


@pytest.fixture
def kept(world: World) -> list[Thing]:
    """A bucket and a table of the stage's names, with something in them, and no stack."""
    s3, name = boto3.client("s3"), world.target.names.raw_bucket
    s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    for body in (b"old", b"new"):
        s3.put_object(Bucket=name, Key="raw/a", Body=body)
    s3.delete_object(Bucket=name, Key="raw/a")
    table = world.target.names.table("metrics")
    boto3.client("dynamodb").create_table(
        TableName=table,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
    )
    return [Thing(Kind.BUCKET, name), Thing(Kind.TABLE, table)]


def test_nothing_of_a_deployment_is_left(world: World) -> None:
    world.deploying()()

    Destroy(world.target, run=run_chalice, progress=world.deploying().progress)()

    assert boto3.client("lambda").list_functions()["Functions"] == []
    assert boto3.client("apigateway").get_rest_apis()["items"] == []
    assert boto3.client("apigateway").get_usage_plans()["items"] == []
    assert boto3.client("apigateway").get_api_keys()["items"] == []
    assert recorded_path(world.target) is None


def test_the_limits_of_a_stage_that_is_called_alike_stay(world: World) -> None:
    gateway = boto3.client("apigateway")
    for name in ("eventstream-dev-abc123", "eventstream-dev-eu-abc123"):
        gateway.create_usage_plan(name=name)

    assert withdraw(world.target)

    assert [plan.get("name") for plan in gateway.get_usage_plans()["items"]] == [
        "eventstream-dev-eu-abc123"
    ]


def test_a_stage_that_is_not_there_is_taken_down_without_complaint(world: World) -> None:
    Destroy(world.target, run=run_chalice, progress=world.deploying().progress)()


def test_data_is_found_by_the_stages_names(world: World, kept: list[Thing]) -> None:
    boto3.client("s3").create_bucket(Bucket="somebody-elses")

    assert kept_data(world.target) == kept


def test_data_stays_unless_it_is_asked_for(world: World, kept: list[Thing]) -> None:
    Destroy(world.target, run=run_chalice, progress=world.deploying().progress)()

    assert kept_data(world.target) == kept


def test_data_is_deleted_with_every_version(world: World, kept: list[Thing]) -> None:
    for thing in kept:
        delete_data(world.target, thing)

    assert kept_data(world.target) == []


def test_a_table_is_protected_until_its_data_is_deleted(world: World, kept: list[Thing]) -> None:
    dynamodb, table = boto3.client("dynamodb"), kept[-1]
    dynamodb.update_table(TableName=table.name, DeletionProtectionEnabled=True)
    with pytest.raises(ClientError, match="DeletionProtectionEnabled"):
        dynamodb.delete_table(TableName=table.name)

    delete_data(world.target, table)

    assert table not in kept_data(world.target)


def test_the_stack_that_holds_data_is_protected_until_it_is_destroyed(world: World) -> None:
    cloudformation, name = boto3.client("cloudformation"), world.target.names.backing_stack
    deploy_backing(world.target, DeploymentPath.PACKAGE)
    with pytest.raises(ClientError, match="TerminationProtection is enabled"):
        cloudformation.delete_stack(StackName=name)

    delete_stack(cloudformation, name)

    assert find_stack(cloudformation, name) is None


def test_a_stage_whose_tables_are_not_protected_has_a_stack_that_is_not(world: World) -> None:
    stage = Stage("dev", backing={"ProtectTables": "false"})

    deploy_backing(replace(world, stage=stage).target, DeploymentPath.PACKAGE)

    boto3.client("cloudformation").delete_stack(StackName=world.target.names.backing_stack)


def test_another_stages_name_deletes_nothing() -> None:
    refused = CliRunner().invoke(app, ["destroy", "--stage", "dev", "--delete-data", "prod"])

    assert refused.exit_code == 1
    assert "--delete-data is prod" in str(refused.exception)


def test_who_does_not_type_the_name_destroys_nothing(kept: list[Thing], world: World) -> None:
    typed = CliRunner().invoke(
        app, ["destroy", "--stage", "dev", "--region", "us-east-1"], input="yes\n"
    )

    assert typed.exit_code == 1
    assert "keep bucket" in typed.output
    assert kept_data(world.target) == kept
