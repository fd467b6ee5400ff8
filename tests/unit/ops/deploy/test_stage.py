"""What a team sets for its stages is read from one file."""

from __future__ import annotations

from pathlib import Path

import pytest

from chalicelib.model.scope import Scope
from ops.deploy.admission import key_command
from ops.kit.errors import OperationFailed
from ops.kit.project import Project
from ops.stage.names import Names
from ops.stage.stages import LOCAL, Stage, read_stage


def project_with(tmp_path: Path, text: str) -> Project:
    (tmp_path / "infrastructure").mkdir()
    (tmp_path / "infrastructure" / "stages.toml").write_text(text)
    return Project(tmp_path)


def test_parameters_become_what_cloudformation_takes(tmp_path: Path) -> None:
    project = project_with(
        tmp_path,
        '[dev]\nburst = 5\nsubnet_ids = ["a", "b"]\n'
        '[dev.backing]\nEventsShards = 2\nTracing = false\nShardLevelMetrics = ["X", "Y"]\n',
    )

    assert read_stage(project, "dev") == Stage(
        "dev",
        burst=5,
        subnet_ids=("a", "b"),
        backing={"EventsShards": "2", "Tracing": "false", "ShardLevelMetrics": "X,Y"},
    )


def test_a_stage_that_nothing_is_said_of_has_the_defaults(tmp_path: Path) -> None:
    assert read_stage(project_with(tmp_path, ""), "dev") == Stage("dev")
    assert read_stage(Project(tmp_path / "nothing"), "dev") == Stage("dev")


@pytest.mark.parametrize("line", ["brust = 5", "streams_listen = false", 'name = "x"'])
def test_an_unknown_setting_is_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(OperationFailed, match="unknown settings"):
        read_stage(project_with(tmp_path, f"[dev]\n{line}\n"), "dev")


def test_a_broken_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(OperationFailed, match="is not TOML"):
        read_stage(project_with(tmp_path, "[dev"), "dev")


def test_the_local_stage_is_not_read_from_the_file(tmp_path: Path) -> None:
    assert read_stage(project_with(tmp_path, "[local]\nburst = 1\n"), "local") is LOCAL


def test_the_committed_stages_say_nothing_unknown() -> None:
    for name in Project().config["stages"]:
        read_stage(Project(), name)


@pytest.mark.parametrize(
    "text", ['[dev.backing]\nDeploymentPath = "package"\n', '[dev.app]\nStage = "prod"\n']
)
def test_what_only_the_deployment_may_say_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(OperationFailed, match="only the deployment"):
        read_stage(project_with(tmp_path, text), "dev")


def test_parameters_that_are_not_a_table_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OperationFailed, match="backing of dev must be a TOML table"):
        read_stage(project_with(tmp_path, "[dev]\nbacking = 5\n"), "dev")


def test_the_key_is_asked_for_by_its_whole_name() -> None:
    command = key_command(Names("dev", "123456789012", "eu-west-1"))

    assert """--query "items[?name=='eventstream-dev'].value | [0]\"""" in command


def test_one_stream_is_the_rule_and_attribution_brings_the_others_along(tmp_path: Path) -> None:
    project = project_with(tmp_path, "[dev]\n[prod]\nattribution = true\n")

    assert read_stage(project, "dev").streams == ("events",)
    assert read_stage(project, "prod").streams == ("events", "clicks", "checkouts")


@pytest.mark.parametrize(
    ("value", "streams"), [("true", 3), ('"draining"', 3), ("false", 1)], ids=str
)
def test_streams_of_their_own_are_a_setting(tmp_path: Path, value: str, streams: int) -> None:
    stage = read_stage(project_with(tmp_path, f"[dev]\nown_streams = {value}\n"), "dev")

    assert len(stage.streams) == streams


@pytest.mark.parametrize("value", ["false", '"draining"'])
def test_attribution_without_its_streams_is_refused(tmp_path: Path, value: str) -> None:
    project = project_with(tmp_path, f"[dev]\nattribution = true\nown_streams = {value}\n")

    with pytest.raises(OperationFailed, match="takes them away"):
        read_stage(project, "dev")


@pytest.mark.parametrize(
    "line", ['own_streams = "yes"', 'attribution = "on"', "synthetic_traffic = 1"]
)
def test_a_switch_that_is_neither_on_nor_off_is_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(OperationFailed, match="must be true"):
        read_stage(project_with(tmp_path, f"[dev]\n{line}\n"), "dev")


def test_functions_attribute_unless_spark_is_asked_for(tmp_path: Path) -> None:
    text = '[dev]\nattribution = true\n[prod]\nattribution = true\nattribution_by = "spark"\n'
    project = project_with(tmp_path, text)
    dev, prod = read_stage(project, "dev"), read_stage(project, "prod")

    assert (dev.attributes_by_function, dev.attributes_by_spark) == (True, False)
    assert (prod.attributes_by_function, prod.attributes_by_spark) == (False, True)


def test_spark_without_attribution_is_refused(tmp_path: Path) -> None:
    project = project_with(tmp_path, '[dev]\nattribution_by = "spark"\n')

    with pytest.raises(OperationFailed, match="attribution is off") as refused:
        read_stage(project, "dev")
    assert "attribution = true" in refused.value.advice


def test_whoever_else_is_to_attribute_is_refused(tmp_path: Path) -> None:
    project = project_with(tmp_path, '[dev]\nattribution = true\nattribution_by = "hand"\n')

    with pytest.raises(OperationFailed, match='must be "function" or "spark"'):
        read_stage(project, "dev")


SPARK = '[dev]\nattribution = true\nattribution_by = "spark"\n'


@pytest.mark.parametrize("value", ["cron(0 6 * * ? *)", "rate(1 hour)"])
def test_the_job_can_have_a_schedule(tmp_path: Path, value: str) -> None:
    project = project_with(tmp_path, f'{SPARK}attribution_job_starts = "{value}"\n')

    assert read_stage(project, "dev").attribution_job_starts == value


@pytest.mark.parametrize("value", ['"daily"', '"cron()"', "6"])
def test_a_schedule_that_is_none_is_refused(tmp_path: Path, value: str) -> None:
    project = project_with(tmp_path, f"{SPARK}attribution_job_stops = {value}\n")

    with pytest.raises(OperationFailed, match="attribution_job_stops of dev must be a schedule"):
        read_stage(project, "dev")


def test_a_schedule_without_a_job_is_refused(tmp_path: Path) -> None:
    text = '[dev]\nattribution = true\nattribution_job_stops = "rate(1 day)"\n'

    with pytest.raises(OperationFailed, match="needs a Spark job"):
        read_stage(project_with(tmp_path, text), "dev")


@pytest.mark.parametrize("scope", list(Scope))
def test_what_a_leaked_key_can_cost_is_limited_unless_a_stage_says_otherwise(scope: Scope) -> None:
    assert Stage("dev").limits(scope).daily_quota
