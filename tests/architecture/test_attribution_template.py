"""The network and the database of attribution: sound, closed, and as the design has them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from ops.deploy.attribution import attribution_body
from ops.kit.project import Project
from tests.architecture.cloudformation import lint

RESOURCES: dict[str, Any] = json.loads(attribution_body(Project()))["Resources"]
DATABASE = RESOURCES["Database"]["Properties"]


def of_type(kind: str) -> dict[str, Any]:
    return {id_: one for id_, one in RESOURCES.items() if one["Type"] == f"AWS::EC2::{kind}"}


def test_the_template_is_sound(tmp_path: Path) -> None:
    assert lint(attribution_body(Project()), tmp_path) == ""


def test_each_kind_of_subnet_is_in_two_zones() -> None:
    blocks = {id_: one["Properties"]["CidrBlock"] for id_, one in of_type("Subnet").items()}
    zones = [one["Properties"]["AvailabilityZone"] for one in of_type("Subnet").values()]

    assert RESOURCES["Network"]["Properties"]["CidrBlock"] == "10.0.0.0/16"
    assert sorted(blocks.values()) == [f"10.0.{n}.0/24" for n in (1, 10, 11, 2, 20, 21)]
    assert [zone["Fn::Select"][0] for zone in zones] == [0, 1] * 3


def test_nothing_that_costs_by_the_hour_is_there_unless_asked_for() -> None:
    paid = {**of_type("NatGateway"), **of_type("EIP")}
    paid |= {id_: one for id_, one in RESOURCES.items() if one["Type"].startswith("AWS::Glue")}
    paid |= {
        id_: one
        for id_, one in of_type("VPCEndpoint").items()
        if one["Properties"]["VpcEndpointType"] == "Interface"
    }

    assert len(paid) == 10
    assert all("Condition" in one for one in paid.values())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PubliclyAccessible", False),
        ("StorageEncrypted", True),
        ("ManageMasterUserPassword", True),
        ("EnableIAMDatabaseAuthentication", True),
        ("DeletionProtection", {"Ref": "ProtectDatabase"}),
        ("DBSubnetGroupName", {"Ref": "DatabaseSubnets"}),
    ],
)
def test_the_database_is_closed_and_kept(name: str, value: object) -> None:
    assert DATABASE[name] == value
    assert "MasterUserPassword" not in DATABASE


def test_everybody_has_to_speak_tls() -> None:
    parameters = RESOURCES["DatabaseParameters"]["Properties"]["Parameters"]

    assert parameters["rds.force_ssl"] == "1"


def test_only_the_functions_are_let_in() -> None:
    admitted = [
        (one["Properties"]["SourceSecurityGroupId"]["Ref"], one.get("Condition"))
        for one in of_type("SecurityGroupIngress").values()
        if one["Properties"]["GroupId"] == {"Ref": "DatabaseGroup"}
    ]
    group = RESOURCES["DatabaseGroup"]["Properties"]

    assert admitted == [("FunctionsGroup", None), ("JobsGroup", "HasJobs")]
    assert "SecurityGroupIngress" not in group


JOBS = {id_: RESOURCES[id_]["Properties"] for id_ in ("StreamJob", "RangeJob")}
# Names are part of what the scripts take, so that a misspelt one ends the run.
COMMON = {"--STAGE", "--REGION", "--DATABASE_HOST", "--DATABASE_USER"}


def own_arguments(job: str) -> set[str]:
    return {name for name in JOBS[job]["DefaultArguments"] if name.isupper()}


def test_each_job_is_given_the_arguments_that_its_script_takes() -> None:
    streams = {"--CLICK_STREAM_ARN", "--CHECKOUT_STREAM_ARN"}
    place = {"--CHECKPOINTS", "--STARTING_POSITION", "--BATCH_SECONDS"}

    assert own_arguments("StreamJob") == COMMON | streams | place
    assert own_arguments("RangeJob") == COMMON | {"--LAKE", "--TARGET", "--MODEL"}


@pytest.mark.parametrize("job", JOBS)
def test_a_job_runs_once_at_a_time_and_needs_no_index_of_packages(job: str) -> None:
    arguments = JOBS[job]["DefaultArguments"]

    assert JOBS[job]["ExecutionProperty"] == {"MaxConcurrentRuns": 1}
    assert JOBS[job]["GlueVersion"] == "6.0"
    assert arguments["--python-modules-installer-option"] == "--no-index"
    assert arguments["--additional-python-modules"]["Fn::Sub"].endswith(".gluewheels.zip")


def test_workers_of_the_jobs_reach_each_other() -> None:
    """Glue refuses a connection whose group doesn't admit itself on every port."""
    own = RESOURCES["JobsAdmitEachOther"]["Properties"]

    assert own["GroupId"] == own["SourceSecurityGroupId"] == {"Ref": "JobsGroup"}
    assert (own["FromPort"], own["ToPort"]) == (0, 65_535)


# What AWS takes on everything only, and what Glue calls so that nobody can name it.
ON_EVERYTHING = re.compile(r"ec2:(Create|Delete|Describe)\w+|cloudwatch:PutMetricData")


def test_the_role_of_the_jobs_names_each_action_and_each_thing() -> None:
    [policy] = RESOURCES["JobsRole"]["Properties"]["Policies"]
    for statement in policy["PolicyDocument"]["Statement"]:
        actions = statement["Action"]
        named = actions if isinstance(actions, list) else [actions]
        assert not any("*" in action for action in named)
        if statement["Resource"] == "*":
            assert all(ON_EVERYTHING.fullmatch(action) for action in named)
