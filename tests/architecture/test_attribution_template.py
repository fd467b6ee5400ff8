"""The network and the database of attribution: sound, closed, and as the design has them."""

from __future__ import annotations

import json
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
    paid |= {
        id_: one
        for id_, one in of_type("VPCEndpoint").items()
        if one["Properties"]["VpcEndpointType"] == "Interface"
    }

    assert len(paid) == 4
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
    [ingress] = [one["Properties"] for one in of_type("SecurityGroupIngress").values()]
    group = RESOURCES["DatabaseGroup"]["Properties"]

    assert ingress["SourceSecurityGroupId"] == {"Ref": "FunctionsGroup"}
    assert "SecurityGroupIngress" not in group
