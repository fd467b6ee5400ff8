"""Deploy a stage to AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ops.kit.options import AwsRegion, AwsStage, Yes

if TYPE_CHECKING:
    from ops.deploy.deploy import Deploy


def deploy(
    stage: AwsStage,
    path: Annotated[
        str | None,
        typer.Option(
            help="`chalice` (chalice deploy) or `package` (chalice package and CloudFormation);"
            " a stage keeps to the one it began with.",
            show_default="the stage's own, else chalice",
        ),
    ] = None,
    region: AwsRegion = None,
    layer_arn: Annotated[
        str | None,
        typer.Option(
            help="The AWSSDKPandas-Python312 layer.",
            show_default="the one chosen before, else the newest",
        ),
    ] = None,
    yes: Yes = False,
) -> None:
    """Deploy a stage to AWS: configure, backing stack, functions and API, wire.

    Can be run again at any time, also after a failure: what is done already is left alone.
    """
    from ops.deploy.deploy import Deploy
    from ops.kit.console import out
    from ops.kit.project import Project
    from ops.stage.account import aws_target
    from ops.stage.path import chosen_path, path_named

    target = aws_target(stage, Project(), region)
    work = Deploy(target, chosen_path(target, path_named(path)), layer_arn)
    names = target.names
    out.print(
        f"Stage {stage} goes to account {names.account}, region {names.region},"
        f" by the {work.path} path:"
    )
    for step in work.steps:
        out.print(f"  - {step.title}")
    if not yes:
        typer.confirm("Go on?", abort=True)
    work()
    _show_where(work)


def _show_where(work: Deploy) -> None:
    from ops.kit.console import out
    from ops.stage.where import api_url, key_command

    out.print()
    out.print(f"API      {api_url(work.target.names, work.api_id())}", soft_wrap=True)
    out.print(f"API key  {key_command(work.target.names)}", soft_wrap=True)
