"""`python -m ops configure`."""

from __future__ import annotations

from typing import Annotated

import typer

from ops.kit.options import AwsRegion, AwsStage


def configure(
    stage: AwsStage,
    account: Annotated[
        str | None,
        typer.Option(help="AWS account ID.", show_default="the account of your credentials"),
    ] = None,
    region: AwsRegion = None,
    layer_arn: Annotated[
        str | None,
        typer.Option(
            help="ARN of the AWSSDKPandas-Python312 layer, or `newest` to look it up.",
            show_default="the one in use, otherwise the newest",
        ),
    ] = None,
    forget: Annotated[
        bool, typer.Option("--forget", help="Remove account and region from the configuration.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the changes without writing them.")
    ] = False,
) -> None:
    """Write the names that `chalice deploy` needs with account and region into `.chalice`.

    Renders each function's policy from the table in ops/packaging/grants.py as well, into
    .chalice/policies/STAGE, which is not committed: run it again in another clone.
    With --account, --region and --layer-arn it makes no calls to AWS. The package path
    (`deploy --path package`) does not need it.
    """
    from ops.chalice_path.literals import read_literals
    from ops.chalice_path.write_config import apply, plan_configuration
    from ops.kit.console import out
    from ops.kit.project import Project
    from ops.stage.stages import read_stage
    from ops.stage.target import refuse_the_local_stage

    project = Project()
    refuse_the_local_stage(stage)
    literals = None if forget else read_literals(project, stage, account, region, layer_arn)
    plan = plan_configuration(project, read_stage(project, stage), literals)
    for line in plan.lines:
        out.print(f"  {line}", markup=False, soft_wrap=True)
    if not plan:
        out.print(f"Stage {stage} is already configured.")
    elif dry_run:
        out.print("Nothing was written.")
    else:
        apply(project, plan)
        out.print(f"Stage {stage} is configured: {len(plan)} files in .chalice changed.")
