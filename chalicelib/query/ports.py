"""What the read side asks of the world, one small protocol per need.

Ranges are from `first` to before `end`. Every method may raise `StoreUnavailable`. Reads need
not be consistent: an answer may lack what was written in the last second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from chalicelib.archive.quarantine_line import QuarantineLine
from chalicelib.model.anomaly import KeptAnomaly, Metric
from chalicelib.model.attribution_report import GroupedCredits, ReportQuestion
from chalicelib.model.experiment import Experiment
from chalicelib.model.experiment_results import Results
from chalicelib.model.experiment_verdict import KeptVerdict
from chalicelib.model.figures import Figures
from chalicelib.model.hour import Hour
from chalicelib.model.ledger import LedgerRow
from chalicelib.model.live import LiveCount, VariantCount
from chalicelib.model.merged import HourSummary
from chalicelib.model.period import Period
from chalicelib.model.rollup import HourlyRollup, HourMark
from chalicelib.model.run import Run


class Each(Protocol):
    """`map`, or the same in parallel, where all the work begins with the first result."""

    def __call__[T, R](self, work: Callable[[T], R], items: Iterable[T], /) -> Iterable[R]: ...


class Start(Protocol):
    """Begins a piece of work, perhaps in another thread; the result is called to wait for it."""

    def __call__[T](self, work: Callable[[], T], /) -> Callable[[], T]: ...


def at_once[T](work: Callable[[], T], /) -> Callable[[], T]:
    """Do the work here and now."""
    result = work()
    return lambda: result


class Meter(Protocol):
    """What a request has read so far; one that is shared counts one request at a time."""

    def start(self) -> None: ...

    def figures(self) -> Mapping[str, float]:
        """Return figures for the log line, such as the items that were read."""
        ...


class RollupReader(Protocol):
    """Its reads are consistent, so that what was read can be kept by the marks of its hours."""

    def rollups(self, event_type: str, first: Hour, end: Hour) -> Sequence[HourlyRollup]:
        """Return a type's rollups, oldest first; an hour without a row is left out.

        Raises:
            Unreadable: a row was stored by a version that kept no sketches.
        """
        ...

    def event_types(self, first: Hour, end: Hour) -> Mapping[Hour, frozenset[str]]:
        """Return every type that may have a row in an hour, the sum over all among them.

        An hour that was never rolled up is left out.
        """
        ...


class SummarizedRollupReader(RollupReader, Protocol):
    def summaries(self, first: Hour, end: Hour) -> Mapping[Hour, HourSummary]:
        """Return the summaries of hours; one that an earlier version rolled up has none."""
        ...


class HourFiguresReader(Protocol):
    def figures(self, first: Hour, end: Hour) -> Mapping[Hour, Mapping[str, Figures]]:
        """Return the figures of each hour that was rolled up, by event type, oldest first.

        A type without events in an hour may be left out of it.
        """
        ...


class HourMarkReader(Protocol):
    def marks(self, first: Hour, end: Hour) -> Mapping[Hour, HourMark]:
        """Return the marks of hours, oldest first; one that nothing ever marked is left out."""
        ...


class LiveCountReader(Protocol):
    """Counters in any order, of these types or else of all; several of one minute or hour add up.

    Bounds are epoch milliseconds.
    """

    def minutes(
        self, first_ms: int, end_ms: int, event_types: frozenset[str]
    ) -> Sequence[LiveCount]:
        """Return the counters of minutes that lie within one hour."""
        ...

    def hours(
        self, first_ms: int, end_ms: int, event_types: frozenset[str]
    ) -> Sequence[LiveCount]:
        """Return the counters of hours that lie within one day."""
        ...


class AnomalyReader(Protocol):
    def newest(self, metric: Metric, first: str, last: str, at_once: int) -> Iterator[KeptAnomaly]:
        """Read anomalies from the newest back, `at_once` at a time, both keys included."""
        ...


class RunReader(Protocol):
    def newest(self, first: str, last: str, at_once: int) -> Iterator[Run]:
        """Read runs from the newest back, `at_once` at a time.

        Bounds, both included, are those of `<start>#<name>`.
        """
        ...


class LedgerReader(Protocol):
    def newest(self, shard_id: str, first: str, last: str, at_once: int) -> Iterator[LedgerRow]:
        """Read a shard's rows from the newest back, `at_once` at a time.

        Bounds, both included, are those of `processed_at`; the order of rows of one instant is
        left open.
        """
        ...


class CheckpointReader(Protocol):
    def committed_at(self, shard_ids: Sequence[str]) -> Mapping[str, str]:
        """Return when each shard's newest batch was processed, without those that had none."""
        ...


class QuarantineCounts(Protocol):
    def quarantined(self, day: Period) -> Mapping[Hour, Mapping[str, int]]:
        """Return how many records are quarantined, by their hour of arrival and error code.

        The hours lie within one day; one without any is left out.
        """
        ...


class QuarantineReader(Protocol):
    def keys(self, hour: Hour) -> Sequence[str]:
        """List the objects of the records that arrived in an hour."""
        ...

    def records(self, key: str) -> Sequence[QuarantineLine]:
        """Read an object, its records in the order of their shard.

        Raises:
            ObjectMissing: there is none.
        """
        ...


class JudgementReader(Protocol):
    def judged(self, first: Hour, end: Hour) -> Mapping[Hour, int]:
        """Return the mark of each hour's rollup that was judged last; others are left out."""
        ...


class ExperimentReader(Protocol):
    def find(self, experiment_id: str) -> Experiment | None:
        """Return the current version."""
        ...

    def current(self) -> Sequence[Experiment]:
        """Return the current version of every experiment, by id."""
        ...


class ResultsReader(Protocol):
    def newest(self, experiment_id: str) -> Results | None:
        """Return the newest results with every look, or None before the first."""
        ...

    def verdicts(self) -> Mapping[str, KeptVerdict]:
        """Return the newest verdict of every experiment that has results, by its id."""
        ...


class VariantCountReader(Protocol):
    def counts(self, experiment_id: str, first_ms: int, end_ms: int) -> Sequence[VariantCount]:
        """Return the counters of whole hours in order of time; several of one hour add up."""
        ...


class ShardLister(Protocol):
    def shards(self, stream: str) -> Sequence[str]:
        """List the shards of a stream, each as `<stream>-<shard>`."""
        ...


class Queues(Protocol):
    def messages(self, queue: str) -> int:
        """Return about how many messages a queue holds, those in flight among them."""
        ...


class GroupedCreditsReader(Protocol):
    def read(self, question: ReportQuestion) -> GroupedCredits:
        """Read the credits of a range by group.

        Raises:
            AttributionOff: the stage has no attribution.
            TookTooLong: it was stopped.
        """
        ...
