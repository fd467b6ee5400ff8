"""`python -m ops deploy`."""

from __future__ import annotations

from typing import Annotated

import typer

from ops.kit.options import AwsRegion, AwsStage, Yes


def deploy(
    stage: AwsStage,
    path: Annotated[
        str | None,
        typer.Option(
            help="`chalice` (uses chalice deploy) or `package` (uses chalice package and"
            " CloudFormation). A stage keeps the path it was first deployed with.",
            show_default="the stage's own path, otherwise chalice",
        ),
    ] = None,
    region: AwsRegion = None,
    layer_arn: Annotated[
        str | None,
        typer.Option(
            help="ARN of the AWSSDKPandas-Python312 layer.",
            show_default="the one in use, otherwise the newest",
        ),
    ] = None,
    rebuilt: Annotated[
        bool,
        typer.Option(
            "--rebuilt",
            help="Let attribution change over although the streams may have lost records, after"
            " `rebuild --attribution`.",
        ),
    ] = False,
    yes: Yes = False,
) -> None:
    """Deploy a stage to AWS: configuration, stacks, functions, API, event sources and key.

    Can be run again at any time, also after a failure: it skips what is already done.
    """
    from ops.deploy.admission import access
    from ops.deploy.deploy import Deploy
    from ops.kit.console import out
    from ops.kit.project import Project
    from ops.stage.deployment_path import chosen_path, path_named
    from ops.stage.target import aws_target

    target = aws_target(stage, Project(), region)
    work = Deploy(target, chosen_path(target, path_named(path)), layer_arn, is_rebuilt=rebuilt)
    names = target.names
    out.print(
        f"Stage {stage} will be deployed to account {names.account}, region {names.region},"
        f" by the {work.path} path:"
    )
    for step in work.steps:
        out.print(f"  - {step.title}")
    if not yes:
        typer.confirm("Continue?", abort=True)
    work()
    out.print()
    for name, value in access(names, work.api_id()):
        out.print(f"{name:<8} {value}", markup=False, soft_wrap=True)
