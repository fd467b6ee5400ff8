"""The alarm on old records follows the window that makes them old by itself."""

from __future__ import annotations

import boto3
import pytest

from ops.deploy.monitoring import ITERATOR_AGE, monitoring_parameters
from ops.kit.errors import OperationFailed
from ops.kit.project import Project
from ops.stage.names import Names
from ops.stage.stages import Stage, read_stage
from ops.stage.target import Target


def target(stage: Stage) -> Target:
    names = Names(stage.name, "123456789012", "eu-west-1")
    return Target(boto3.Session(region_name="eu-west-1"), stage, names)


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_no_window_of_a_stage_reaches_the_alarm(name: str) -> None:
    config = Project().stage_config(name)
    window_s = int(config["environment_variables"]["KINESIS_BATCHING_WINDOW_S"])

    parameters = monitoring_parameters(target(read_stage(Project(), name)), "abc123")
    limit_s = float(parameters[ITERATOR_AGE])

    # A batch may wait for its window, and then for one that is tried again.
    assert limit_s >= 2 * window_s + 60


def test_what_a_team_has_set_counts() -> None:
    stage = Stage("prod", monitoring={ITERATOR_AGE: "600"})

    assert monitoring_parameters(target(stage), "abc123")[ITERATOR_AGE] == "600"


def test_an_age_that_a_quiet_stream_reaches_is_refused() -> None:
    stage = Stage("prod", monitoring={ITERATOR_AGE: "60"})

    with pytest.raises(OperationFailed, match="may wait 60 s for its batch"):
        monitoring_parameters(target(stage), "abc123")
