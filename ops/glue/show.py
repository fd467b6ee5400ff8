"""The status of the jobs, as tables."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from chalicelib.model.instant import to_text
from chalicelib.model.job_run import JobRun
from chalicelib.model.measure import Measure
from ops.glue.status import JobsStatus
from ops.kit.console import listing, table
from ops.stage.names import STREAM_JOB

_TITLES = ("job", "run", "state", "started", "ended", "time", "error")


def shown(status: JobsStatus) -> Iterator[Table]:
    yield listing(_summary(status))
    made = table(*_TITLES, numbers=("time",), folded=("error",))
    for job, runs in status.runs.items():
        for run in runs:
            made.add_row(job, *_row(run))
    yield made


def _summary(status: JobsStatus) -> Iterator[tuple[str, str]]:
    values = status.figures.values
    lag_ms = values.get(Measure.ATTRIBUTION_LAG)
    yield "streaming job", status.state_of(STREAM_JOB)
    yield "records, last hour", f"{values.get(Measure.RECORDS_PROCESSED, 0):,.0f}"
    yield "attributed", f"{values.get(Measure.CHECKOUTS_ATTRIBUTED, 0):,.0f}"
    yield "restated", f"{values.get(Measure.CHECKOUTS_RESTATED, 0):,.0f}"
    yield "longest lag", "unknown" if lag_ms is None else f"{lag_ms / 1000:,.0f} s"
    yield "failures, last hour", f"{values.get(Measure.FAILURES, 0):,.0f}"
    yield "failed runs below", str(status.failed)


def _row(run: JobRun) -> tuple[str, ...]:
    minutes, seconds = divmod(run.execution_s, 60)
    ended = to_text(run.ended_ms)[:19] if run.ended_ms else ""
    return (
        run.run_id,
        run.state.value.lower(),
        to_text(run.started_ms)[:19],
        ended,
        f"{minutes:,}:{seconds:02d}",
        run.error,
    )
