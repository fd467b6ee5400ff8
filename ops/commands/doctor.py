"""`python -m ops doctor`."""

from __future__ import annotations

import typer

from ops.kit.options import AwsRegion, AwsStage


def doctor(stage: AwsStage, region: AwsRegion = None) -> None:
    """Check a stage for settings that would lose data or leave it open; exit 1 if any is found.

    Changes nothing. `aws cloudformation detect-stack-drift` also finds harmless differences.
    """
    from ops.doctor.check import examine
    from ops.doctor.checks import CHECKS
    from ops.doctor.show import shown
    from ops.kit.console import out
    from ops.kit.project import Project
    from ops.stage.target import aws_target

    diagnoses = examine(aws_target(stage, Project(), region), CHECKS)
    out.print(shown(diagnoses))
    if not all(one.is_ok for one in diagnoses):
        raise typer.Exit(1)
