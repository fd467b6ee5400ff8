"""What may change from one version of a definition to the next, and what may run at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from operator import attrgetter

from chalicelib.model.code import Code, Problem
from chalicelib.model.experiment import MAX_RUNNING, Experiment, Status
from chalicelib.model.hour import Hour
from chalicelib.model.instant import HOUR_MS

_ALLOWED = {
    None: {Status.DRAFT, Status.RUNNING},
    Status.DRAFT: {Status.DRAFT, Status.RUNNING},
    Status.RUNNING: {Status.RUNNING, Status.STOPPED},
    Status.STOPPED: {Status.STOPPED},
}
# Of an experiment that has started, by their names in JSON.
_FIXED = {
    "variants": attrgetter("variants"),
    "control": attrgetter("control"),
    "salt": attrgetter("salt"),
    "namespace": attrgetter("namespace", "namespace_range"),
    "primary_metric": attrgetter("primary"),
}


def next_version(before: Experiment | None, wanted: Experiment, now_ms: int) -> Experiment:
    """Return what is wanted as the version after this one.

    The hours in which an experiment starts and stops count as wholes.
    """
    started, stopped = (before.started, before.stopped) if before else (None, None)
    if wanted.status is Status.RUNNING and started is None:
        started = Hour.of(now_ms)
    if wanted.status is Status.STOPPED and stopped is None:
        stopped = Hour.of(now_ms + HOUR_MS - 1)
    return replace(
        wanted,
        version=before.version + 1 if before else 1,
        # Versions take effect in their order, whatever the clocks say.
        updated_at_ms=max(now_ms, before.updated_at_ms + 1) if before else now_ms,
        started=started,
        stopped=stopped,
    )


def is_same(before: Experiment, after: Experiment) -> bool:
    """Say whether nothing has changed but the number of the version and its time."""
    return before == replace(after, version=before.version, updated_at_ms=before.updated_at_ms)


def problems_of(before: Experiment | None, after: Experiment) -> list[Problem]:
    """Return why one version can't follow another, or be the first."""
    status = before.status if before else None
    if after.status not in _ALLOWED[status]:
        message = f"status can't change from {status or 'nothing'} to {after.status}"
        return [Problem("status", Code.STATUS_CHANGE_NOT_ALLOWED, message)]
    if before is None or before.status is Status.DRAFT:
        return []
    return [*_of_fixed(before, after), *_of_coverage(before, after)]


def _of_fixed(before: Experiment, after: Experiment) -> Iterator[Problem]:
    for field, value_of in _FIXED.items():
        if value_of(before) != value_of(after):
            message = f"{field} can't change once an experiment has started; define another one"
            yield Problem(field, Code.CHANGED_WHILE_RUNNING, message)


def _of_coverage(before: Experiment, after: Experiment) -> Iterator[Problem]:
    if after.coverage < before.coverage:
        message = "coverage can only grow: users who have seen a variant would lose it"
        yield Problem("coverage", Code.COVERAGE_LOWERED, message)


def conflicts_of(starting: Experiment, others: Iterable[Experiment]) -> Sequence[Problem]:
    """Return why an experiment can't run next to those that are running."""
    running = [
        one
        for one in others
        if one.status is Status.RUNNING and one.experiment_id != starting.experiment_id
    ]
    if len(running) >= MAX_RUNNING:
        message = f"{len(running)} experiments are running; the maximum is {MAX_RUNNING}"
        return [Problem("status", Code.TOO_MANY_RUNNING, message)]
    return [
        Problem(
            "namespace.range",
            Code.NAMESPACE_TAKEN,
            f"{one.experiment_id} is running in an overlapping part of this namespace",
        )
        for one in running
        if one.namespace == starting.namespace is not None
        and _overlap(one.namespace_range, starting.namespace_range)
    ]


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return max(one[0], other[0]) < min(one[1], other[1])
