"""Each function may do what the table of grants says, on its own stage's things alone."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from typing import Any

import pytest

from ops.kit.project import Project
from ops.packaging.chalice_config import bare, configured, literals_of
from ops.packaging.functions import packed_functions
from ops.packaging.grants import EVERYTHING, GRANTED_FUNCTIONS, grants_of
from ops.packaging.policies import policy_of
from ops.packaging.tracing import is_traced
from ops.packaging.variables import DATABASE_LOGINS, named, switched
from ops.stage.names import RANGE_JOB, STREAM_JOB, STREAMS, TABLES, Names
from ops.stage.places import Place
from ops.stage.stages import LOCAL, read_stage
from tests.architecture.cloudformation import ACCOUNT, REGION, resolved

STAGES = ["local", "dev", "prod"]
HERE = {stage: Place(stage, ACCOUNT, REGION) for stage in STAGES}

# What AWS takes on everything only.
ON_EVERYTHING = {
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}


def statements(function: str, stage: str = "dev") -> list[dict[str, Any]]:
    policy = policy_of(function, HERE[stage], traced=True, networked=True)
    return list(policy["Statement"])


def test_the_committed_configuration_holds_all_that_can_be_worked_out_or_none_of_it() -> None:
    project = Project()
    # The local stage's part is for `chalice local`, which reads it as it is.
    for stage in [name for name in STAGES if name != "local"]:
        literals = literals_of(project.config, stage)
        own = read_stage(project, stage)
        wanted = configured(project, own, literals) if literals else bare(project.config, stage)
        # Run `python -m ops configure --stage STAGE` when this fails, or add --forget.
        assert project.config["stages"][stage] == wanted["stages"][stage]


def test_an_unconfigured_project_works_on_the_local_stage(config: dict[str, Any]) -> None:
    assert config["environment_variables"] == {
        **named(Place.anywhere("local").names),
        **switched(LOCAL),
    }


def test_every_function_is_in_the_table_and_no_other() -> None:
    assert set(packed_functions(Project())) == set(GRANTED_FUNCTIONS)


def test_the_packed_roles_have_the_policies_of_the_table(app_template: dict[str, Any]) -> None:
    resources = app_template["Resources"]
    packed = {
        "api_handler" if handler == "app.app" else handler.removeprefix("app."): properties
        for resource in resources.values()
        if (properties := resource["Properties"]) and (handler := properties.get("Handler"))
    }
    config = Project().config

    assert set(packed) == set(GRANTED_FUNCTIONS)
    for name, properties in packed.items():
        role = resources[properties["Role"]["Fn::GetAtt"][0]]["Properties"]
        [attached] = role["Policies"]
        assert resolved(attached["PolicyDocument"], "dev") == policy_of(
            name,
            HERE["dev"],
            networked=name in DATABASE_LOGINS,
            traced=is_traced(config, "dev", name),
        )


@pytest.mark.parametrize("function", GRANTED_FUNCTIONS)
def test_a_policy_names_each_action_and_each_thing(function: str) -> None:
    for statement in statements(function):
        assert not any("*" in action for action in statement["Action"])
        if EVERYTHING in statement["Resource"]:
            assert ON_EVERYTHING.issuperset(statement["Action"])
        else:
            assert all("eventstream-dev" in resource for resource in statement["Resource"])


@pytest.mark.parametrize("function", GRANTED_FUNCTIONS)
def test_a_policy_speaks_of_things_that_exist(function: str) -> None:
    names = HERE["dev"].names
    exact = {*map(names.stream, STREAMS), *map(names.table, TABLES)}
    exact |= {
        names.raw_queue,
        names.raw_dead_letters,
        "eventstream-dev-alerts",
        "eventstream-dev-hourly-rollup",
    }
    exact |= {names.job(STREAM_JOB), names.job(RANGE_JOB)}
    exact |= {names.raw_bucket, names.lake_bucket, names.failures_bucket}
    exact |= {names.chalice_function(function), names.function("report_attribution")}
    exact |= {names.database_user(login) for login in DATABASE_LOGINS.values()}
    for statement in statements(function):
        for resource in set(statement["Resource"]) - {EVERYTHING}:
            assert set(re.findall(r"eventstream-[\w-]+", resource)) <= exact


@pytest.mark.parametrize("stage", STAGES)
def test_a_function_writes_to_its_own_log_alone(stage: str) -> None:
    names = Names(stage=stage, account=ACCOUNT, region=REGION)
    for function in GRANTED_FUNCTIONS:
        patterns = [
            resource
            for statement in statements(function, stage)
            if any(action.startswith("logs:") for action in statement["Action"])
            for resource in statement["Resource"]
        ]
        writable = [
            name
            for name in map(names.chalice_function, GRANTED_FUNCTIONS)
            if any(fnmatchcase(log_stream(name), pattern) for pattern in patterns)
        ]

        assert writable == [names.chalice_function(function)]


def log_stream(function: str) -> str:
    return f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/{function}:log-stream:1"


def test_only_a_traced_function_may_send_traces_and_only_a_networked_one_join() -> None:
    plain = {action for g in grants_of("record_run") for action in g.actions.split()}

    assert not plain & ON_EVERYTHING


def test_a_literal_policy_leaves_nothing_to_cloudformation() -> None:
    for function in GRANTED_FUNCTIONS:
        text = json.dumps(policy_of(function, HERE["dev"]))

        assert "${" not in text
        assert "Fn::" not in text
        assert ACCOUNT in text
