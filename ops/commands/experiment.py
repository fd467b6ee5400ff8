"""Define experiments, start and stop them, and ask who gets which variant."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ops.kit.options import AwsRegion
from ops.local.state_folder import DEFAULT_STATE, StateFolder
from ops.reach import LOCAL_STAGE, AnyStage

if TYPE_CHECKING:
    from ops.experiments import StageExperiments

experiment = typer.Typer(help="Define, start and stop experiments.", no_args_is_help=True)

ExperimentId = Annotated[str, typer.Argument(help="Id of the experiment.", metavar="ID")]


@experiment.command("list")
def list_experiments(
    stage: AnyStage = LOCAL_STAGE, region: AwsRegion = None, state: StateFolder = DEFAULT_STATE
) -> None:
    """List the experiments of a stage."""
    from ops.experiments import table_of
    from ops.kit.console import out

    out.print(table_of(_stage(stage, region, state).all()))


@experiment.command()
def show(
    experiment_id: ExperimentId,
    stage: AnyStage = LOCAL_STAGE,
    region: AwsRegion = None,
    state: StateFolder = DEFAULT_STATE,
) -> None:
    """Print the current definition as JSON, which `put` takes back."""
    print(_stage(stage, region, state).shown(experiment_id))


@experiment.command()
def put(
    experiment_id: ExperimentId,
    file: Annotated[
        typer.FileBinaryRead,
        typer.Argument(help="JSON file with the whole definition, or - for the standard input."),
    ],
    stage: AnyStage = LOCAL_STAGE,
    region: AwsRegion = None,
    state: StateFolder = DEFAULT_STATE,
) -> None:
    """Create an experiment, or replace its current definition.

    A file that `show` printed replaces only the version that it holds.
    """
    from ops.kit.console import out

    saved = _stage(stage, region, state).put(experiment_id, file.read())
    out.print(f"Experiment {experiment_id} is a {saved.status}, version {saved.version}.")


@experiment.command()
def start(
    experiment_id: ExperimentId,
    stage: AnyStage = LOCAL_STAGE,
    region: AwsRegion = None,
    state: StateFolder = DEFAULT_STATE,
) -> None:
    """Start an experiment; events are enriched for it from two minutes later on."""
    from chalicelib.model.experiment import Status
    from ops.kit.console import out

    saved = _stage(stage, region, state).set_status(experiment_id, Status.RUNNING)
    out.print(f"Experiment {experiment_id} is running, version {saved.version}.")


@experiment.command()
def stop(
    experiment_id: ExperimentId,
    stage: AnyStage = LOCAL_STAGE,
    region: AwsRegion = None,
    state: StateFolder = DEFAULT_STATE,
) -> None:
    """Stop an experiment for good."""
    from chalicelib.model.experiment import Status
    from ops.kit.console import out

    saved = _stage(stage, region, state).set_status(experiment_id, Status.STOPPED)
    out.print(f"Experiment {experiment_id} is stopped, version {saved.version}.")


@experiment.command()
def assign(
    experiment_id: ExperimentId,
    user_ids: Annotated[list[str], typer.Argument(help="Ids of the users.", metavar="USER...")],
    stage: AnyStage = LOCAL_STAGE,
    region: AwsRegion = None,
    state: StateFolder = DEFAULT_STATE,
) -> None:
    """Print the variant of each user, or why there is none."""
    for user_id, words in _stage(stage, region, state).assigned(experiment_id, user_ids):
        print(f"{user_id}\t{words}")


def _stage(stage: str, region: str | None, state: Path) -> StageExperiments:
    from ops.experiments import StageExperiments
    from ops.reach import reach

    return StageExperiments.of(reach(stage, region, state))
