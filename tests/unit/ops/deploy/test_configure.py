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
from ops.packaging.chalice_config import Literals, files_of, literals_of
from ops.stage.places import Place

ACCOUNT, REGION = "123456789012", "eu-west-1"
LAYER = f"arn:aws:lambda:{REGION}:336392948345:layer:AWSSDKPandas-Python312:26"
LITERALS = Literals(Place("dev", ACCOUNT, REGION), LAYER)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / ".chalice").mkdir()
    shutil.copy(ROOT / ".chalice" / "config.json", tmp_path / ".chalice")
    project = Project(tmp_path)
    for stage in project.config["stages"]:
        apply(project, plan_configuration(project, stage, None))
    return project


def test_nothing_is_written_before_it_is_shown(project: Project) -> None:
    before = project.config

    plan = plan_configuration(project, "dev", LITERALS)

    assert project.config == before
    assert any("RAW_BUCKET" in line and ACCOUNT in line for line in plan.lines)
    assert "policies/dev/record_run.json: rendered anew" in plan.lines


def test_what_is_written_is_all_there_is_to_write(project: Project) -> None:
    apply(project, plan_configuration(project, "dev", LITERALS))

    again = plan_configuration(project, "dev", LITERALS)

    assert again.files == {}
    assert again.lines == ()


def test_the_policies_of_other_stages_are_left_alone(project: Project) -> None:
    prod = {
        path: path.read_text() for path in (project.chalice / "policies" / "prod").glob("*.json")
    }

    apply(project, plan_configuration(project, "dev", LITERALS))

    assert {path: path.read_text() for path in prod} == prod
    assert literals_of(project.config, "prod") is None


def test_forgetting_brings_back_what_was_there(project: Project) -> None:
    before = files_of(project.config, "dev", None)
    apply(project, plan_configuration(project, "dev", LITERALS))

    apply(project, plan_configuration(project, "dev", None))

    assert {name: (project.chalice / name).read_text() for name in before} == before


def test_a_network_comes_with_the_permission_to_join_it(project: Project) -> None:
    inside = Literals(LITERALS.place, LAYER, ("subnet-1",), ("sg-1",))

    files = files_of(project.config, "dev", inside)

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
        (["--stage", "dev", "--account", "12"], "no account number"),
    ],
)
def test_a_mistake_is_refused(arguments: list[str], reason: str) -> None:
    given = dict(zip(arguments[::2], arguments[1::2], strict=True))
    everything = {"--account": ACCOUNT, "--region": REGION, "--layer-arn": LAYER} | given
    words = [word for pair in everything.items() for word in pair]

    refused = CliRunner().invoke(app, ["configure", "--dry-run", *words])

    assert refused.exit_code == 1
    assert reason in str(refused.exception)
