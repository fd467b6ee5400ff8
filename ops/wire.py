"""Set what neither Chalice nor CloudFormation can, on a deployed stage."""

from __future__ import annotations

from ops.options import AwsRegion, AwsStage


def wire(stage: AwsStage, region: AwsRegion = None) -> None:
    """Tell event sources how to treat failures, keep the API key and its limits, and no more.

    To be run after every `chalice deploy` that `python -m ops deploy` didn't do: Chalice resets
    the functions to raise, which is safe but repeats more than it must.
    """
    from ops.console import Progress, out
    from ops.deploy.account import aws_target
    from ops.deploy.deploy import Deploy
    from ops.deploy.path import chosen_path, recorded_path
    from ops.deploy.where import api_url, key_command
    from ops.errors import OperationFailed
    from ops.project import Project

    target = aws_target(stage, Project(), region)
    if recorded_path(target) is None:
        raise OperationFailed(
            f"Stage {stage} is not deployed here.", f"Run `python -m ops deploy --stage {stage}`."
        )
    work = Deploy(target, chosen_path(target, None))
    with Progress().step("Event sources, key") as step:
        wired = work.wired()
        step.outcome = "set" if wired.changed else "unchanged"
    for line in wired.changes:
        out.print(f"  {line}", markup=False, soft_wrap=True)
    out.print(f"API      {api_url(target.names, work.api_id())}", soft_wrap=True)
    out.print(f"API key  {key_command(target.names)}", soft_wrap=True)
