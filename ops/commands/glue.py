"""Start, stop and watch the Spark jobs of attribution, and attribute a range of the lake."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from chalicelib.attribution.backfill import BackfillTarget
from chalicelib.model.attribution_report import Model
from ops.kit.hours import EndHour, FirstHour, range_of
from ops.kit.options import AsJson, AwsRegion, Yes
from ops.local.state_folder import DEFAULT_STATE, StateFolder
from ops.reach import LOCAL_STAGE, AnyStage

if TYPE_CHECKING:
    from chalicelib.attribution.control_job import Controlled

glue = typer.Typer(
    help="Start, stop and watch the Spark jobs of attribution.", no_args_is_help=True
)


@glue.command()
def start(
    stage: AnyStage = LOCAL_STAGE, region: AwsRegion = None, state: StateFolder = DEFAULT_STATE
) -> None:
    """Start the streaming job, which costs by the hour; one that runs already is left alone."""
    from ops.glue.jobs import controls
    from ops.reach import reach
    from ops.stage.names import STREAM_JOB

    with _needing_jobs(stage):
        _say(controls(reach(stage, region, state), STREAM_JOB).start())


@glue.command()
def stop(
    stage: AnyStage = LOCAL_STAGE, region: AwsRegion = None, state: StateFolder = DEFAULT_STATE
) -> None:
    """Stop the streaming job; the next start goes on where it ended."""
    from ops.glue.jobs import controls
    from ops.reach import reach
    from ops.stage.names import STREAM_JOB

    with _needing_jobs(stage):
        _say(controls(reach(stage, region, state), STREAM_JOB).stop())


@glue.command()
def status(
    as_json: AsJson = False,
    stage: AnyStage = LOCAL_STAGE,
    region: AwsRegion = None,
    state: StateFolder = DEFAULT_STATE,
) -> None:
    """Show the last runs of both jobs, and what the streaming job did in the last hour."""
    import json

    from ops.glue.figures import figures_of
    from ops.glue.show import shown
    from ops.glue.status import status_of
    from ops.kit.console import out
    from ops.reach import reach

    reached = reach(stage, region, state)
    with _needing_jobs(stage):
        found = status_of(reached, figures_of(reached))
    if as_json:
        print(json.dumps(found.to_json(), indent=2))
        return
    for table in shown(found):
        out.print(table)


@glue.command()
def backfill(  # noqa: PLR0913  one for each option
    *,
    first: FirstHour,
    end: EndHour,
    model: Annotated[
        Model, typer.Option(help="How credit is shared among clicks.")
    ] = Model.FIRST_CLICK,
    target: Annotated[
        BackfillTarget,
        typer.Option(help="Where the credits go; `compare` only reports differences."),
    ] = BackfillTarget.POSTGRES,
    stage: AnyStage = LOCAL_STAGE,
    region: AwsRegion = None,
    state: StateFolder = DEFAULT_STATE,
) -> None:
    """Attribute the checkouts of some hours again, from the lake, while the streams go on."""
    from chalicelib.attribution.backfill import backfill_arguments
    from chalicelib.attribution.control_job import Outcome
    from ops.glue.jobs import controls
    from ops.kit.errors import OperationFailed
    from ops.reach import reach
    from ops.stage.names import RANGE_JOB

    period = range_of(first, end)
    asked = {"from": period.first.window_start, "to": period.end.window_start}
    arguments = backfill_arguments({**asked, "model": model, "target": target})
    with _needing_jobs(stage):
        controlled = controls(reach(stage, region, state), RANGE_JOB).start(arguments)
    if controlled.outcome is not Outcome.STARTED:
        raise OperationFailed(
            f"{controlled.job} is {controlled.outcome}, as run {controlled.run_id}.",
            "It takes one range at a time: wait for it, see `python -m ops glue status`.",
        )
    _say(controlled)


@glue.command()
def deploy(
    stage: Annotated[str, typer.Option("--stage", help="Stage, as in .chalice/config.json.")],
    region: AwsRegion = None,
    yes: Yes = False,
) -> None:
    """Deploy the code of the jobs, and nothing else; a run under way keeps what it began with.

    A stage whose functions attribute has no jobs, and is left as it is.
    """
    from ops.deploy.jobs import deploy_jobs
    from ops.kit.console import out
    from ops.kit.project import Project
    from ops.stage.target import aws_target

    target = aws_target(stage, Project(), region)
    if not yes:
        typer.confirm(f"Deploy the Spark jobs of stage {stage}?", abort=True)
    out.print(deploy_jobs(target))


@contextmanager
def _needing_jobs(stage: str) -> Iterator[None]:
    from chalicelib.errors import JobMissing
    from ops.kit.errors import OperationFailed

    try:
        yield
    except JobMissing as error:
        raise OperationFailed(
            f"Stage {stage} has no job {error}.",
            'Set attribution_by = "spark" for it in stages.toml, and deploy.',
        ) from error


def _say(controlled: Controlled) -> None:
    from ops.kit.console import out

    run = f", run {controlled.run_id}" if controlled.run_id else ""
    out.print(f"{controlled.job}: {controlled.outcome}{run}", soft_wrap=True)
