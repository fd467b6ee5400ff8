"""`python -m ops destroy`."""

from __future__ import annotations

from typing import Annotated

import typer

from ops.kit.options import AwsRegion, AwsStage, Yes


def destroy(
    stage: AwsStage,
    region: AwsRegion = None,
    delete_data: Annotated[
        str | None,
        typer.Option(
            metavar="STAGE",
            help="Also delete every bucket and table with all data, for good."
            " To confirm, repeat the stage's name here.",
            show_default=False,
        ),
    ] = None,
    attribution: Annotated[
        bool,
        typer.Option(
            "--attribution",
            help="Delete attribution's database and network alone. RDS keeps a last snapshot.",
        ),
    ] = False,
    yes: Yes = False,
) -> None:
    """Delete a stage's functions, API, key, streams, queues, alarms and attribution's database.

    Buckets and tables are kept, and a later deployment uses them again. Records in streams and
    queues that have not been processed yet are lost. Of the database RDS keeps a last snapshot.
    """
    from ops.deploy.attribution import destroy_attribution, refuse_what_is_in_use
    from ops.deploy.destroy import Destroy
    from ops.kit.console import out
    from ops.kit.errors import OperationFailed
    from ops.kit.project import Project
    from ops.stage.target import aws_target

    if delete_data not in {None, stage}:
        raise OperationFailed(
            f"--delete-data is {delete_data}, but --stage is {stage}.",
            f"To delete the data of {stage}, use --delete-data {stage}.",
        )
    target = aws_target(stage, Project(), region)
    if attribution:
        refuse_what_is_in_use(target)
        if not yes and typer.prompt(f"Type {stage} to delete its database") != stage:
            raise typer.Abort
        was_there = destroy_attribution(target)
        out.print(f"The database of {stage} {'was deleted' if was_there else 'did not exist'}.")
        return
    work = Destroy(target, with_data=delete_data is not None)
    out.print(f"Stage {stage} in account {target.names.account}, region {target.names.region}:")
    for line in work.consequences():
        out.print(f"  {line}", markup=False)
    if not yes and typer.prompt(f"Type {stage} to continue") != stage:
        raise typer.Abort
    work()
    out.print(f"Stage {stage} was destroyed.")
