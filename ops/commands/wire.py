"""`python -m ops wire`."""

from __future__ import annotations

from ops.kit.options import AwsRegion, AwsStage


def wire(stage: AwsStage, region: AwsRegion = None) -> None:
    """Configure the failure handling of event sources, and the API key with its limits.

    An event source that was deleted is created again, with every option.

    Run this after every `chalice deploy` that `python -m ops deploy` did not run: Chalice resets
    the functions to fail whole batches, which is safe but retries more records than necessary.
    """
    from ops.deploy.admission import access
    from ops.deploy.deploy import Deploy
    from ops.kit.console import Progress, out
    from ops.kit.errors import OperationFailed
    from ops.kit.project import Project
    from ops.stage.deployment_path import chosen_path, recorded_path
    from ops.stage.target import aws_target

    target = aws_target(stage, Project(), region)
    if recorded_path(target) is None:
        raise OperationFailed(
            f"Stage {stage} is not deployed in this account and region.",
            f"Deploy it first: `python -m ops deploy --stage {stage}`.",
        )
    work = Deploy(target, chosen_path(target, None))
    with Progress().line("Event sources, key") as line:
        wired = work.wired()
        line.outcome = wired.outcome
    for change in wired.changes:
        out.print(f"  {change}", markup=False, soft_wrap=True)
    for name, value in access(target.names, work.api_id()):
        out.print(f"{name:<8} {value}", markup=False, soft_wrap=True)
