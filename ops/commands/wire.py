"""Set what neither Chalice nor CloudFormation can, on a deployed stage."""

from __future__ import annotations

from ops.kit.options import AwsRegion, AwsStage


def wire(stage: AwsStage, region: AwsRegion = None) -> None:
    """Tell event sources how to treat failures, keep the API key and its limits, and no more.

    To be run after every `chalice deploy` that `python -m ops deploy` didn't do: Chalice resets
    the functions to raise, which is safe but repeats more than it must.
    """
    from ops.deploy.deploy import Deploy
    from ops.kit.console import Progress, out
    from ops.kit.errors import OperationFailed
    from ops.kit.project import Project
    from ops.stage.account import aws_target
    from ops.stage.path import chosen_path, recorded_path
    from ops.stage.where import api_url, key_command

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
