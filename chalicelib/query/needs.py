"""What needs a person, and the runbook's entry for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chalicelib.model import instant
from chalicelib.model.instant import HOUR_MS, MINUTE_MS
from chalicelib.query.pipeline_shapes import Need
from chalicelib.query.progress import Progress
from chalicelib.query.span import duration

# A run starts every hour and rolls up the last one, however empty it is. What becomes due by late
# events waits for the next run, however old its hour is.
NO_ROLLUP_MS = 2 * HOUR_MS
# Transform takes seconds; what fails is tried again for some minutes.
BEHIND_MS = 15 * MINUTE_MS


def needs_of(progress: Progress) -> Iterator[Need]:
    yield from _of_transform(progress)
    yield from _of_rollup(progress)


def summary_of(needs: Sequence[Need]) -> str:
    """Say it in one sentence, or two."""
    if not needs:
        # How far process is behind its streams is not known.
        return "Nothing was found that needs attention."
    if len(needs) == 1:
        return needs[0]["message"]
    return f"{len(needs)} things need attention. {needs[0]['message']}"


def _of_transform(progress: Progress) -> Iterator[Need]:
    if progress.dead_letters:
        message = f"Raw objects that failed three transform attempts: {progress.dead_letters:,}."
        yield {"code": "dead_letters", "message": message, "runbook": "dead-letters"}
    if progress.transform_behind_ms > BEHIND_MS:
        behind = duration(progress.transform_behind_ms)
        message = f"Transform is {behind} behind. Messages waiting: {progress.waiting:,}."
        yield {"code": "transform_behind", "message": message, "runbook": "records-missing"}


def _of_rollup(progress: Progress) -> Iterator[Need]:
    run = progress.last_run
    if run and run.status == "failed":
        message = f"The last rollup run, {run.name}, failed."
        yield {"code": "rollup_failed", "message": message, "runbook": "rollup-failed"}
    if message := _standstill(progress):
        message = f"{message} Hours due: {len(progress.due):,}."
        yield {"code": "no_rollup", "message": message, "runbook": "no-rollup"}
    if run and run.missing > 0:
        message = f"Records that were counted live and are missing from the lake: {run.missing:,}."
        yield {"code": "records_missing", "message": message, "runbook": "records-missing"}


def _standstill(progress: Progress) -> str:
    run = progress.last_run
    idle_ms = progress.now_ms - instant.from_text(run.started_at) if run else 0
    if idle_ms > NO_ROLLUP_MS:
        return f"No rollup run has started for {duration(idle_ms)}."
    if progress.not_rolled_up_ms > NO_ROLLUP_MS:
        return f"An hour that ended {duration(progress.not_rolled_up_ms)} ago was not rolled up."
    return ""
