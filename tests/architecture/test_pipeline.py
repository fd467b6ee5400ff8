"""What builds and deploys by itself: sound, and allowed no more than it needs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # its types are a package of their own
from typer.testing import CliRunner

from ops.__main__ import app
from ops.cloudformation.template import as_json, read_template
from ops.deploy.attribution import attribution_body
from ops.deploy.backing import backing_body
from ops.deploy.monitoring import monitoring_body
from ops.kit.project import ROOT, Project
from ops.packaging.each_function import read_whole_template
from ops.stage.names import Names
from tests.architecture.cloudformation import ACCOUNT, REGION, lint, resolved

TEMPLATES = ["pipeline", "extras", "replica"]
BUILDSPECS = sorted((ROOT / "buildspecs").glob("*.yml"))
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
# The longest that a policy may be, spaces aside: of its own, and inside a role, all together.
MANAGED_LIMIT, INLINE_LIMIT = 6_144, 10_240
# Who may do something to more than can be named, and what: each says why in a comment.
ON_EVERYTHING = {
    "dynamodb:ListTables",
    "ec2:DescribeAccountAttributes",
    "ec2:DescribeAddresses",
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeInternetGateways",
    "ec2:DescribeNatGateways",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribePrefixLists",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroupRules",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcAttribute",
    "ec2:DescribeVpcEndpoints",
    "ec2:DescribeVpcs",
    "lambda:CreateEventSourceMapping",
    "lambda:DeleteEventSourceMapping",
    "lambda:GetEventSourceMapping",
    "lambda:ListEventSourceMappings",
    "lambda:UpdateEventSourceMapping",
    "logs:DescribeLogGroups",
    "rds:DescribeDBEngineVersions",
    "rds:DescribeEngineDefaultParameters",
    "xray:GetSamplingRules",
    "xray:ListTagsForResource",
}
# What can't be called ours by its name, or is AWS's own and is only read.
FOREIGN = ("apigateway", "ec2", "glue", "kms", "secretsmanager", "ssm")
FOREIGN_NAMES = re.compile(
    r"layer:AWSSDKPandas-|:aws:transform/Serverless-|:role/aws-service-role/rds.amazonaws.com/"
)
# What CloudFormation does to make a resource of attribution's stack, as its caller.
MAKING = {
    "EC2::EIP": "ec2:AllocateAddress",
    "EC2::InternetGateway": "ec2:CreateInternetGateway",
    "EC2::NatGateway": "ec2:CreateNatGateway",
    "EC2::Route": "ec2:CreateRoute",
    "EC2::RouteTable": "ec2:CreateRouteTable",
    "EC2::SecurityGroup": "ec2:CreateSecurityGroup",
    "EC2::SecurityGroupEgress": "ec2:AuthorizeSecurityGroupEgress",
    "EC2::SecurityGroupIngress": "ec2:AuthorizeSecurityGroupIngress",
    "EC2::Subnet": "ec2:CreateSubnet",
    "EC2::SubnetRouteTableAssociation": "ec2:AssociateRouteTable",
    "EC2::VPC": "ec2:CreateVpc",
    "EC2::VPCEndpoint": "ec2:CreateVpcEndpoint",
    "EC2::VPCGatewayAttachment": "ec2:AttachInternetGateway",
    "Glue::Connection": "glue:CreateConnection",
    "Glue::Job": "glue:CreateJob",
    "IAM::Role": "iam:CreateRole",
    "Logs::LogGroup": "logs:CreateLogGroup",
    "RDS::DBInstance": "rds:CreateDBInstance",
    "RDS::DBParameterGroup": "rds:CreateDBParameterGroup",
    "RDS::DBSubnetGroup": "rds:CreateDBSubnetGroup",
}


def template(name: str) -> dict[str, Any]:
    return read_whole_template(Project(), name)


def documents(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every policy of a template that grants something to a role."""
    for logical_id, resource in template(name)["Resources"].items():
        properties = resource["Properties"]
        if resource["Type"] in {"AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"}:
            yield logical_id, properties["PolicyDocument"]
        for inline in properties.get("Policies", []) if "Role" in resource["Type"] else []:
            yield logical_id, inline["PolicyDocument"]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def statements() -> list[dict[str, Any]]:
    found = [s for name in TEMPLATES for _, d in documents(name) for s in d["Statement"]]
    assert len(found) > 20
    return found


def commands(node: Any) -> Iterator[str]:
    """Whatever a buildspec or a workflow runs."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in {"commands", "run"}:
                yield from listed(value)
            else:
                yield from commands(value)
    elif isinstance(node, list):
        for value in node:
            yield from commands(value)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_is_sound(name: str, tmp_path: Path) -> None:
    body = as_json(template(name))

    assert lint(body, tmp_path) == ""
    assert len(body) < 51_200


@pytest.mark.parametrize(
    "path", sorted(Project().infrastructure.glob("*.yaml")), ids=lambda p: p.stem
)
def test_a_template_has_no_aliases_which_cloudformation_does_not_read(path: Path) -> None:
    assert not [one for one in yaml.parse(path.read_text()) if isinstance(one, yaml.AliasEvent)]


def test_no_role_may_do_all_of_anything() -> None:
    actions = [action for s in statements() for action in listed(s["Action"])]

    assert [action for action in actions if "*" in action] == []


def test_roles_may_act_on_everything_only_where_aws_takes_nothing_else() -> None:
    broad = [s for s in statements() if "*" in listed(s["Resource"])]

    assert {action for s in broad for action in listed(s["Action"])} == ON_EVERYTHING


def test_what_a_role_may_touch_is_ours_by_name() -> None:
    for statement in statements():
        for resource in listed(resolved(statement["Resource"], "dev")):
            # A reference leads to something of the same template, or to the connection.
            if not isinstance(resource, str) or not resource.startswith("arn:"):
                continue
            service = resource.split(":")[2]
            ours = "eventstream-dev" in resource
            assert ours or service in FOREIGN or FOREIGN_NAMES.search(resource)


def test_the_pipeline_can_delete_nothing_that_holds_events() -> None:
    deletes = {a for s in statements() for a in listed(s["Action"]) if re.search("Delete", a)}

    assert not {a for a in deletes if a.startswith(("s3:", "dynamodb:", "kinesis:", "sqs:"))}
    assert "rds:DeleteDBInstance" not in deletes


def test_only_the_network_of_the_stages_own_stack_is_changed() -> None:
    """By the tag that CloudFormation alone can set."""
    ours = {"aws:ResourceTag/aws:cloudformation:stack-name": "eventstream-dev-attribution"}
    changing = re.compile("ec2:(?!Allocate|Create(?!Route$)|Describe)")
    found = [s for s in statements() if any(changing.match(a) for a in listed(s["Action"]))]

    assert found
    for statement in found:
        assert resolved(statement["Condition"], "dev") == {"StringEquals": ours}


def test_only_the_secret_of_the_stages_own_database_is_read() -> None:
    [reading] = [s for s in statements() if "secretsmanager:GetSecretValue" in listed(s["Action"])]

    assert ":db:eventstream-dev-attribution" in str(resolved(reading["Condition"], "dev"))


def test_a_role_is_handed_to_our_services_alone() -> None:
    passing = [s for s in statements() if "iam:PassRole" in listed(s["Action"])]

    assert passing
    assert all("iam:PassedToService" in str(s["Condition"]) for s in passing)


def test_policies_are_within_their_limits() -> None:
    resources = template("pipeline")["Resources"]
    for name, document in documents("pipeline"):
        managed = resources[name]["Type"] == "AWS::IAM::ManagedPolicy"
        text = json.dumps(resolved(document, "a" * 12)).replace(" ", "")

        assert len(text) < (MANAGED_LIMIT if managed else INLINE_LIMIT), name


def test_the_stacks_that_are_deployed_are_those_that_may_be() -> None:
    names = Names("dev", ACCOUNT, REGION)
    allowed = json.dumps(resolved(template("pipeline"), "dev"))

    stacks = names.backing_stack, names.app_stack, names.monitoring_stack, names.attribution_stack
    for stack in stacks:
        assert f":stack/{stack}/*" in allowed


def test_the_deploy_role_may_protect_the_stack_and_upload_what_a_call_does_not_hold() -> None:
    actions = {action for s in statements() for action in listed(s["Action"])}
    artefacts = Names("dev", ACCOUNT, REGION).artefacts_bucket

    assert {"cloudformation:UpdateTerminationProtection", "cloudformation:GetTemplate"} <= actions
    assert f"{artefacts}/templates/*" in json.dumps(resolved(template("pipeline"), "dev"))


def test_the_deploy_role_may_make_every_kind_of_thing_that_there_is() -> None:
    granted = {a.partition(":")[0] for s in statements() for a in listed(s["Action"])}
    bodies = (backing_body(Project()), monitoring_body(Project()))
    kinds = {r["Type"] for body in bodies for r in json.loads(body)["Resources"].values()}
    called = {"stepfunctions": "states"}
    services = {kind.split("::")[1].lower() for kind in kinds}

    assert {called.get(service, service) for service in services} <= granted


def test_the_deploy_role_may_make_every_kind_of_thing_of_attribution() -> None:
    granted = {action for s in statements() for action in listed(s["Action"])}
    resources = json.loads(attribution_body(Project()))["Resources"].values()
    kinds = {resource["Type"].removeprefix("AWS::") for resource in resources}

    assert kinds == MAKING.keys()
    assert {*MAKING.values()} <= granted


def test_only_a_push_to_the_branch_is_built() -> None:
    projects = [r["Properties"] for r in template("pipeline")["Resources"].values()]
    [triggers] = [p["Triggers"] for p in projects if "Triggers" in p]

    assert triggers["FilterGroups"] == [
        [
            {"Type": "EVENT", "Pattern": "PUSH"},
            {"Type": "HEAD_REF", "Pattern": {"Fn::Sub": "^refs/heads/${Branch}$"}},
        ]
    ]


def test_the_projects_run_the_buildspecs_that_are_there() -> None:
    resources = template("pipeline")["Resources"].values()
    projects = [r["Properties"] for r in resources if r["Type"] == "AWS::CodeBuild::Project"]

    assert {p["Source"]["BuildSpec"] for p in projects} == {
        str(path.relative_to(ROOT)) for path in BUILDSPECS
    }
    assert all(project["TimeoutInMinutes"] for project in projects)


def test_alarms_topic_takes_what_failed_builds_send() -> None:
    rule = template("pipeline")["Resources"]["TellOfFailures"]["Properties"]["Name"]

    assert f":rule/{resolved(rule, 'dev')}" in json.dumps(
        resolved(json.loads(monitoring_body(Project())), "dev")
    )


@pytest.mark.parametrize("path", [*BUILDSPECS, *WORKFLOWS], ids=lambda path: path.name)
def test_every_command_is_a_make_target_or_one_of_ours(path: Path) -> None:
    makefile = (ROOT / "Makefile").read_text()
    found = [*commands(read_template(path))]

    assert found
    for command in found:
        if target := re.fullmatch(r"make ([a-z]+)", command):
            assert f"\n{target[1]}:" in makefile
        else:
            words = command.removeprefix(".venv/bin/python -m ops ").split()
            options = [word for word in words if word.startswith("--")]
            # A command of a group is named by two words.
            names = list(takewhile(lambda word: not word.startswith("--"), words))
            shown = CliRunner().invoke(app, [*names, "--help"], env={"COLUMNS": "200"})
            assert shown.exit_code == 0
            assert all(one in shown.output for one in options)


@pytest.mark.parametrize("path", BUILDSPECS, ids=lambda path: path.name)
def test_a_buildspec_uses_the_python_of_the_functions_and_stops_at_a_failure(path: Path) -> None:
    spec = read_template(path)

    assert spec["version"] == 0.2
    assert spec["phases"]["install"]["runtime-versions"] == {"python": "3.12"}
    phases = [phase for name, phase in spec["phases"].items() if name != "install"]
    assert all(phase["on-failure"] == "ABORT" for phase in phases)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_read_the_code_and_no_more(path: Path) -> None:
    workflow = read_template(path)
    jobs = workflow["jobs"].values()
    used = [step["uses"] for job in jobs for step in job["steps"] if "uses" in step]

    assert workflow["permissions"] == {"contents": "read"}
    assert all(re.search(r"@(v\d+|[0-9a-f]{40})$", action) for action in used)
    assert all(job["timeout-minutes"] for job in jobs)
