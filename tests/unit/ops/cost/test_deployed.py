"""The repository's own deployment, as the model sees it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from ops.cost import deployed
from ops.kit.errors import OperationFailed
from ops.kit.project import ROOT


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for folder in (".chalice", "infrastructure", "stepfunctions"):
        (tmp_path / folder).mkdir()
    for name in (
        "app.py",
        ".chalice/config.json",
        "infrastructure/backing.yaml",
        "infrastructure/monitoring.yaml",
        "stepfunctions/hourly_rollup.asl.json",
    ):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_memory_and_windows_are_the_stages_own() -> None:
    dev, prod = deployed.read("dev"), deployed.read("prod")
    config = json.loads((ROOT / ".chalice" / "config.json").read_text())

    assert dev.window_s < prod.window_s
    assert prod.memory_mb.keys() == config["lambda_functions"].keys()


def test_answers_are_compressed_from_the_size_that_the_api_is_deployed_with() -> None:
    assert deployed.read("prod").compressed_from_bytes == 1_024


def test_a_stage_may_give_a_function_other_memory(copy: Path) -> None:
    path = copy / ".chalice" / "config.json"
    config = json.loads(path.read_text())
    config["stages"]["prod"]["lambda_functions"] = {"api_handler": {"lambda_memory_size": 2_048}}
    path.write_text(json.dumps(config))

    assert deployed.read("prod", copy).memory_mb["api_handler"] == 2_048


def test_what_a_stage_has_decided_counts_rather_than_the_defaults(copy: Path) -> None:
    stages = copy / "infrastructure" / "stages.toml"
    stages.write_text("[prod.backing]\nStreamRetentionHours = 72\nLogRetentionDays = 30\n")

    made = deployed.read("prod", copy)

    assert (made.stream_retention_hours, made.log_days) == (72, 30)


def test_a_run_passes_at_least_four_states_and_three_for_each_hour() -> None:
    made = deployed.read("prod")

    assert made.states >= 4
    assert made.states_an_hour == 3


def test_alarms_and_dashboards_are_counted_in_every_template(copy: Path) -> None:
    before = deployed.read("prod", copy)
    (copy / "infrastructure" / "more.yaml").write_text(
        "Resources:\n"
        "  One: {Type: 'AWS::CloudWatch::Alarm'}\n"
        "  Two: {Type: 'AWS::CloudWatch::Alarm'}\n"
        "  Board: {Type: 'AWS::CloudWatch::Dashboard'}\n"
    )
    after = deployed.read("prod", copy)

    assert (after.alarms - before.alarms, after.dashboards - before.dashboards) == (2, 1)


def test_an_alarm_that_calculates_counts_by_its_metrics(copy: Path) -> None:
    before = deployed.read("prod", copy)
    (copy / "infrastructure" / "more.yaml").write_text(
        "Resources:\n"
        "  Sum:\n"
        "    Type: AWS::CloudWatch::Alarm\n"
        "    Properties: {Metrics: [{Expression: a+b}, {MetricStat: {}}, {MetricStat: {}}]}\n"
    )

    assert deployed.read("prod", copy).alarms - before.alarms == 2


def test_raw_objects_go_cold_when_the_template_says() -> None:
    assert deployed.read("prod").cold_days == 90


def test_a_stage_can_be_read_as_it_would_be_with_attribution() -> None:
    without, made = deployed.read("prod"), deployed.read("prod", attribution=True)

    assert not without.attribution
    assert made.attribution
    assert made.own_streams
    assert {*made.functions} - {*without.functions} >= {"attribute_clicks", "attribute_checkouts"}
    assert made.alarms > without.alarms
    assert (made.database_class, made.database_storage_gb) == ("db.t4g.micro", 20)
    assert (made.nat_gateways, made.interface_endpoints) == (0, 0)


def test_the_ways_out_of_the_network_are_those_that_the_stage_asks_for(copy: Path) -> None:
    shutil.copy(ROOT / "infrastructure" / "attribution.yaml", copy / "infrastructure")
    stages = copy / "infrastructure" / "stages.toml"
    stages.write_text("[prod.database]\nNatGateway = true\nGlueEndpoint = true\nMultiAz = true\n")

    made = deployed.read("prod", copy, attribution=True)

    assert (made.nat_gateways, made.interface_endpoints, made.database_copies) == (1, 1, 2)


def test_a_stage_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(OperationFailed, match="nowhere") as failed:
        deployed.read("nowhere")

    assert "prod" in failed.value.advice
