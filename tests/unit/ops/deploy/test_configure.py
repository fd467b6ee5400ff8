"""Configuring writes what it says it would, and nothing else."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ops.__main__ import app
from ops.chalice_path.write_config import apply, plan_configuration
from ops.kit.project import ROOT, Project
from ops.packaging.chalice_config import (
    CONFIG_FILE,
    Literals,
    as_text,
    configured,
    files_of,
    literals_of,
)
from ops.stage.places import Place
from ops.stage.stages import Stage
from ops.stage.triggers import functions_of

ACCOUNT, REGION = "123456789012", "eu-west-1"
LAYER = f"arn:aws:lambda:{REGION}:336392948345:layer:AWSSDKPandas-Python312:26"
LITERALS = Literals(Place("dev", ACCOUNT, REGION), LAYER)
PROD = Literals(Place("prod", ACCOUNT, REGION), LAYER)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / ".chalice").mkdir()
    shutil.copy(ROOT / ".chalice" / "config.json", tmp_path / ".chalice")
    shutil.copy(ROOT / "app.py", tmp_path)
    project = Project(tmp_path)
    for stage in ("dev", "prod"):
        configure(project, stage, None)
    return project


def configure(project: Project, stage: str, literals: Literals | None) -> None:
    apply(project, plan_configuration(project, Stage(stage), literals))


def written(project: Project) -> dict[str, str]:
    files = (path for path in project.chalice.rglob("*") if path.is_file())
    return {str(path.relative_to(project.chalice)): path.read_text() for path in files}


def test_nothing_is_written_before_it_is_shown(project: Project) -> None:
    before = written(project)

    plan = plan_configuration(project, Stage("dev"), LITERALS)

    assert written(project) == before
    assert any("RAW_BUCKET" in line and ACCOUNT in line for line in plan.lines)
    assert "policies/dev/record_run.json: rendered" in plan.lines


def test_what_is_written_is_all_there_is_to_write(project: Project) -> None:
    configure(project, "dev", LITERALS)

    again = plan_configuration(project, Stage("dev"), LITERALS)

    assert not again
    assert again.lines == ()


def test_every_policy_that_is_configured_is_written(project: Project) -> None:
    configure(project, "dev", LITERALS)

    functions = project.config["stages"]["dev"]["lambda_functions"]
    assert functions.keys() == set(functions_of(project, Stage("dev")))
    for own in functions.values():
        assert (project.chalice / own["iam_policy_file"]).is_file()


def test_the_policy_of_a_function_that_is_gone_is_removed(project: Project) -> None:
    configure(project, "dev", LITERALS)
    gone = project.chalice / "policies" / "dev" / "gone.json"
    gone.touch()

    plan = plan_configuration(project, Stage("dev"), LITERALS)
    apply(project, plan)

    assert plan.lines == ("policies/dev/gone.json: removed",)
    assert not gone.exists()


def test_other_stages_are_left_alone(project: Project) -> None:
    configure(project, "prod", PROD)
    prod = project.config["stages"]["prod"]
    policies = {name: text for name, text in written(project).items() if "/prod/" in name}

    configure(project, "dev", LITERALS)

    assert project.config["stages"]["prod"] == prod
    assert policies
    assert written(project).items() >= policies.items()


def test_forgetting_brings_back_what_was_there(project: Project) -> None:
    before = written(project)
    configure(project, "dev", LITERALS)

    configure(project, "dev", None)

    assert written(project) == before


def test_what_a_team_has_decided_for_a_stage_outlives_configuring_and_forgetting(
    project: Project,
) -> None:
    config = project.config
    config["stages"]["dev"]["lambda_functions"] = {"record_run": {"lambda_timeout": 9}}
    (project.chalice / CONFIG_FILE).write_text(as_text(config))

    configure(project, "dev", LITERALS)
    configure(project, "dev", None)

    assert project.config == config


def test_literals_come_back_as_they_were_put_in(project: Project) -> None:
    place = Place("dev", ACCOUNT, "cn-north-1", "aws-cn")
    literals = Literals(place, "arn:layer", ("subnet-1",), ("sg-1",))

    assert literals_of(configured(project, Stage("dev"), literals), "dev") == literals
    assert literals_of(project.config, "dev") is None


def test_the_functions_that_need_the_layer_have_it(project: Project) -> None:
    functions = configured(project, Stage("dev"), LITERALS)["stages"]["dev"]["lambda_functions"]

    layered = {name for name, own in functions.items() if own.get("layers") == [LAYER]}
    assert layered == {"transform_raw", "roll_up_hour", "seal_hour", "compute_results"}


def test_a_network_comes_with_the_permission_to_join_it(project: Project) -> None:
    inside = Literals(LITERALS.place, LAYER, ("subnet-1",), ("sg-1",))

    files = files_of(project, Stage("dev"), inside)

    assert "ec2:CreateNetworkInterface" in files["policies/dev/record_run.json"]
    assert json.loads(files["config.json"])["stages"]["dev"]["subnet_ids"] == ["subnet-1"]


def test_the_command_needs_no_aws_when_it_is_told_everything() -> None:
    shown = CliRunner().invoke(
        app,
        [
            *("configure", "--stage", "prod", "--dry-run"),
            *("--account", ACCOUNT, "--region", REGION, "--layer-arn", LAYER),
        ],
    )

    assert shown.exit_code == 0, shown.output


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--stage", "nowhere"], "no stage nowhere"),
        (["--stage", "local"], "local cloud"),
        (["--stage", "dev", "--account", "12"], "not a valid account ID"),
    ],
)
def test_a_mistake_is_refused(arguments: list[str], reason: str) -> None:
    given = dict(zip(arguments[::2], arguments[1::2], strict=True))
    everything = {"--account": ACCOUNT, "--region": REGION, "--layer-arn": LAYER} | given
    words = [word for pair in everything.items() for word in pair]

    refused = CliRunner().invoke(app, ["configure", "--dry-run", *words])

    assert refused.exit_code == 1
    assert reason in str(refused.exception)
