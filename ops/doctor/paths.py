"""Whether clicks are attributed by exactly one of the two that can: functions, or a Spark job."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.errors import JobMissing
from chalicelib.model.job_run import RunState
from ops.deploy.changeover import FUNCTIONS
from ops.deploy.event_sources import mappings_of
from ops.glue.jobs import running, runs_of
from ops.stage.names import STREAM_JOB
from ops.stage.target import Target


def one_path(target: Target) -> Iterator[str]:
    reading = [name for name in FUNCTIONS if _reads(target, name)]
    run = running(target)
    if reading and run:
        yield f"both {' and '.join(reading)} and the Spark job attribute; its run is {run.run_id}"
    if run and not target.stage.attributes_by_spark:
        yield f"the Spark job runs, as {run.run_id}, although the stage does not attribute by it"
    if reading and not target.stage.attributes_by_function:
        yield f"{' and '.join(reading)} attribute, although the stage does not attribute by them"
    if target.stage.attribution and not reading and not run and not _is_paused(target):
        yield "neither the functions nor the Spark job attribute"


def _reads(target: Target, function: str) -> bool:
    client, name = target.session.client("lambda"), target.names.function(function)
    try:
        found = mappings_of(client, name)
    except client.exceptions.ResourceNotFoundException:
        return False
    return any(one.get("State", "Enabled") != "Disabled" for one in found)


def _is_paused(target: Target) -> bool:
    """Whether a schedule has stopped the job, and will start it again."""
    if not (target.stage.attribution_job_stops and target.stage.attribution_job_starts):
        return False
    try:
        runs = runs_of(target, STREAM_JOB).newest()
    except JobMissing:
        return False
    return bool(runs) and runs[0].state is RunState.STOPPED
