"""A deployment makes things in an order in which each finds what it needs."""

from __future__ import annotations

from typing import Any

import pytest

from ops.deploy.deploy import Deploy
from ops.stage.deployment_path import DeploymentPath
from ops.stage.names import Names
from ops.stage.stages import AttributedBy, Stage
from ops.stage.target import Target

NOBODY: Any = None


def titles(stage: Stage, path: DeploymentPath) -> list[str]:
    target = Target(NOBODY, stage, Names("dev", "123456789012", "eu-west-1"))
    return [step.title for step in Deploy(target, path).steps]


@pytest.mark.parametrize("path", DeploymentPath)
@pytest.mark.parametrize("by", AttributedBy)
def test_the_bucket_of_the_jobs_code_and_the_database_come_before_what_uses_them(
    path: DeploymentPath, by: AttributedBy
) -> None:
    found = titles(Stage("dev", attribution=True, attribution_by=by), path)

    places = ["Backing stack", "Attribution's database", "Functions and API"]
    assert sorted(places, key=found.index) == places


def test_a_stage_without_attribution_has_no_step_for_it() -> None:
    assert not [
        one for one in titles(Stage("dev"), DeploymentPath.PACKAGE) if "Attribution" in one
    ]
