"""What watches a stage is about what the stage has, and about nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.settings.streams import OwnStreams
from ops.deploy.monitoring import monitoring_body
from ops.kit.project import Project
from ops.stage.stages import AttributedBy, Stage

PLAIN = Stage("dev")
WITH_STREAMS = Stage("dev", own_streams=OwnStreams.YES)
WITH_ATTRIBUTION = Stage("dev", attribution=True)
WITH_SPARK = Stage("dev", attribution=True, attribution_by=AttributedBy.SPARK)


def resources(stage: Stage) -> dict[str, Any]:
    return dict(json.loads(monitoring_body(Project(), stage))["Resources"])


def metrics(stage: Stage, alarm: str) -> dict[str, dict[str, Any]]:
    return {one["Id"]: one for one in resources(stage)[alarm]["Properties"]["Metrics"]}


def test_a_stage_with_one_stream_pays_for_no_metric_of_the_others() -> None:
    text = monitoring_body(Project(), PLAIN)

    for absent in ("-clicks", "-checkouts", "process_clicks", "process_checkouts", "attribute_"):
        assert absent not in text


def test_an_expression_over_what_is_left_names_nothing_else() -> None:
    left = metrics(PLAIN, "NotProcessed")

    assert left["waiting"]["Expression"] == "SUM([waiting_events])"
    assert set(left) == {"waiting", "waiting_events", "in_events", "out_events"}


def test_a_stage_with_all_streams_keeps_the_alarms_as_they_are_written() -> None:
    whole = json.loads(monitoring_body(Project()))["Resources"]["NotProcessed"]

    assert resources(WITH_STREAMS)["NotProcessed"] == whole


@pytest.mark.parametrize("alarm", ["AttributionLag", "DatabaseCpu", "DatabaseStorage"])
def test_an_alarm_about_attribution_is_there_only_with_it(alarm: str) -> None:
    assert alarm in resources(WITH_ATTRIBUTION)
    assert alarm not in resources(WITH_STREAMS)


@pytest.mark.parametrize("alarm", ["AttributionJobFailed", "AttributionJobNotRunning"])
def test_an_alarm_about_the_spark_job_is_there_only_where_it_attributes(alarm: str) -> None:
    assert alarm in resources(WITH_SPARK)
    assert alarm not in resources(WITH_ATTRIBUTION)


def test_the_lag_is_that_of_whoever_attributes() -> None:
    assert set(metrics(WITH_ATTRIBUTION, "AttributionLag")) == {"oldest", "clicks", "checkouts"}
    assert set(metrics(WITH_SPARK, "AttributionLag")) == {"oldest", "spark"}


def test_the_dashboard_lists_only_alarms_that_are_there() -> None:
    text = monitoring_body(Project(), PLAIN)

    assert ":alarm:eventstream-${Stage}-no-events" in text
    assert ":alarm:eventstream-${Stage}-attribution-lag" not in text
