"""Take a stage in AWS down again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ops.kit.options import AwsRegion, AwsStage, Yes

if TYPE_CHECKING:
    from ops.stage.target import Target


def destroy(
    stage: AwsStage,
    region: AwsRegion = None,
    delete_data: Annotated[
        str | None,
        typer.Option(
            metavar="STAGE",
            help="Also delete every bucket and table with all they hold, for good;"
            " to be confirmed by giving the stage's name here as well.",
            show_default=False,
        ),
    ] = None,
    yes: Yes = False,
) -> None:
    """Delete a stage's functions, API, key, streams, queues and alarms.

    Buckets and tables are kept, and a later deployment takes them over again.
    What is in the streams and queues at this moment, and not processed yet, is lost.
    """
    from ops.deploy.destroy import Destroy
    from ops.kit.console import out
    from ops.kit.project import Project
    from ops.stage.account import aws_target

    _refuse_another_name(stage, delete_data)
    target = aws_target(stage, Project(), region)
    _show_what_happens(target, with_data=delete_data is not None)
    if not yes and typer.prompt(f"Type {stage} to go on") != stage:
        raise typer.Abort
    Destroy(target, with_data=delete_data is not None)()
    out.print(f"Stage {stage} is taken down.")


def _refuse_another_name(stage: str, delete_data: str | None) -> None:
    from ops.kit.errors import OperationFailed

    if delete_data not in {None, stage}:
        raise OperationFailed(
            f"--delete-data says {delete_data} and --stage says {stage}.",
            f"To delete the data of {stage}, give --delete-data {stage}.",
        )


def _show_what_happens(target: Target, *, with_data: bool) -> None:
    from ops.deploy.data import kept_data
    from ops.kit.console import out

    names = target.names
    out.print(f"Stage {names.stage} in account {names.account}, region {names.region}:")
    out.print("  delete functions, API, key, streams, queues, topics, state machine, alarms")
    for thing in kept_data(target):
        out.print(f"  {'delete for good' if with_data else 'keep'} {thing}", markup=False)
