"""Put into `.chalice` what a stage's account and region decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ops.kit.project import Project
    from ops.packaging.chalice_config import Literals


def configure(
    stage: Annotated[str, typer.Option(help="A stage of .chalice/config.json.")],
    account: Annotated[
        str | None,
        typer.Option(help="The account's number; asked of AWS unless given.", show_default=False),
    ] = None,
    region: Annotated[
        str | None, typer.Option(help="Where it will run; your AWS settings' region by default.")
    ] = None,
    layer_arn: Annotated[
        str | None,
        typer.Option(
            help="The AWSSDKPandas-Python312 layer; `newest` looks the region's newest one up.",
            show_default="the one chosen before, else the newest",
        ),
    ] = None,
    forget: Annotated[
        bool, typer.Option("--forget", help="Take account and region out again.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")
    ] = False,
) -> None:
    """Write what `chalice deploy` must read literally: names with account and region in them.

    Renders each function's policy from the table in ops/packaging/grants.py as well.
    With --account, --region and --layer-arn nothing is asked of AWS.
    The package path (`deploy --path package`) needs none of it.
    """
    from ops.chalice_path.write_config import apply, plan_configuration
    from ops.kit.console import out
    from ops.kit.project import Project

    project = Project()
    literals = None if forget else _literals(project, stage, account, region, layer_arn)
    plan = plan_configuration(project, stage, literals)
    for line in plan.lines:
        out.print(f"  {line}", markup=False, soft_wrap=True)
    if not plan.files:
        out.print(f"Stage {stage} is configured already.")
    elif dry_run:
        out.print("Nothing was written.")
    else:
        apply(project, plan)
        out.print(f"Stage {stage} is configured: {len(plan.files)} files written in .chalice.")


def _literals(
    project: Project, stage: str, account: str | None, region: str | None, layer_arn: str | None
) -> Literals:
    from ops.chalice_path.write_config import literals_for
    from ops.packaging.layer import newest_layer
    from ops.stage.account import aws_target, refuse_the_local_stage

    refuse_the_local_stage(stage)
    if account and region and layer_arn and layer_arn != "newest":
        return _offline(project, stage, account, region, layer_arn)
    target = aws_target(stage, project, region)
    if layer_arn == "newest":
        layer_arn = newest_layer(target.session)
    _refuse_another_account(account, target.names.account)
    return literals_for(target, layer_arn)


def _offline(project: Project, stage: str, account: str, region: str, layer_arn: str) -> Literals:
    import boto3

    from ops.kit.errors import OperationFailed
    from ops.packaging.chalice_config import Literals
    from ops.stage.places import Place
    from ops.stage.stages import read_stage

    if not (account.isdecimal() and len(account) == 12):
        raise OperationFailed(f"{account} is no account number.", "It has twelve digits.")
    partition = boto3.Session().get_partition_for_region(region)
    own = read_stage(project, stage)
    place = Place(stage, account, region, partition)
    return Literals(place, layer_arn, own.subnet_ids, own.security_group_ids)


def _refuse_another_account(asked: str | None, found: str) -> None:
    from ops.kit.errors import OperationFailed

    if asked not in {None, found}:
        raise OperationFailed(
            f"You are signed in to account {found}, not {asked}.",
            "Sign in to the other one, or leave --account out.",
        )
