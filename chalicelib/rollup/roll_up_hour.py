"""Replace the rows of one hour with what its lake files say now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import batched

from chalicelib.errors import ObjectMissing, StoreUnavailable, Superseded
from chalicelib.lake import hour_rows, keys
from chalicelib.lake.experiment_partials import Partial, partial_of
from chalicelib.lake.hour_rows import FileRows, HourRows
from chalicelib.lake.keys import LakeKey
from chalicelib.model.hour import Hour
from chalicelib.model.rollup import HourlyRollup
from chalicelib.model.window import one_hour
from chalicelib.ports import Clock, ObjectReader
from chalicelib.rollup.hour_result import HourResult
from chalicelib.rollup.look import Look
from chalicelib.rollup.partials import Partials
from chalicelib.rollup.ports import Aggregates, HourMarks, LiveCounts, ObjectLister
from chalicelib.rollup.summarize import summarize

# Like map(), possibly in parallel.
type ReadEach = Callable[[Callable[[str], FileRows], Iterable[str]], Iterable[FileRows]]

# A transaction takes 100 items, one of which is the claim.
MAX_CHANGES = 99
MAX_TYPES = 500
# Files vanish while an hour is sealed, which happens once and again only after late events.
MAX_LISTINGS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RollUpHour:
    marks: HourMarks
    files: ObjectLister
    objects: ObjectReader
    live: LiveCounts
    aggregates: Aggregates
    # Without them, no hour contributes to experiments.
    partials: Partials | None = None
    clock: Clock
    sleep: Callable[[float], None]
    # As long as a record takes from its counters to the lake, unless something is wrong.
    settle_s: float = 30.0
    read_each: ReadEach = map
    max_changes: int = MAX_CHANGES
    max_types: int = MAX_TYPES

    def __call__(self, payload: Mapping[str, object]) -> HourResult:
        """Roll up the hour that a payload names; any number of rollups may do so at once.

        Each first takes a mark of its own, and only then reads the files: anything it misses gets
        a higher mark, and leaves the hour due. The rollup with the highest mark wins, from its
        claim on: no lower one can write any more, and the types that it might have written are
        known. A crash anywhere leaves the hour due.

        An hour that is not over stays due, too: events may be on their way without a mark yet,
        and finished hours are judged as complete.

        Raises:
            BadRequest: not one whole hour.
        """
        hour = one_hour(payload)
        now_ms = self.clock()
        mark = self.marks.begin(hour, now_ms)
        summary = self._summarize(hour)
        try:
            self._replace(hour, mark, summary)
        except Superseded:
            return HourResult(hour=hour, status="superseded")
        is_over = hour < Hour.of(now_ms)
        is_confirmed = is_over and self._finish(hour, mark, summary.look)
        if self.partials:
            self.partials.remove_older(hour, mark)
        return HourResult.rolled(
            summary.look,
            summary.rollups[0],
            is_confirmed=is_confirmed,
            n_unusable=summary.partial.n_unusable if summary.partial else 0,
        )

    def _summarize(self, hour: Hour) -> _Summary:
        is_for_experiments = self.partials is not None and self.partials.are_needed()
        names, rows = self._rows(hour, with_moments=is_for_experiments)
        # A record is counted when it is archived, and reaches the lake only later. Read last, the
        # counters lag least; a lag would stay unnoticed, as it leaves no mark.
        look = Look(names, rows.n_by_type(), self.live.records_by_type(hour))
        rollups = summarize(hour, rows, look.counted, look.largest(self.max_types))
        contribution = partial_of(rows, rows.moments, hour) if rows.moments else None
        return _Summary(look, rollups, contribution)

    def _rows(self, hour: Hour, *, with_moments: bool) -> tuple[list[str], HourRows]:
        """Read each raw object's rows once: from its small file, else from the sealed one.

        The sealed file is read after the listing, so that it has what a sealer took from there.
        A small file that is gone may be in a newer sealed file.
        """
        for _ in range(MAX_LISTINGS):
            names = self._names(hour)
            sealed = self._read_sealed(hour, names, with_moments=with_moments)
            try:
                small = self.read_each(partial(self._read, with_moments), names)
                return names, hour_rows.join([*small, *sealed], with_moments=with_moments)
            except ObjectMissing:
                continue
        raise StoreUnavailable(f"files vanished from {MAX_LISTINGS} listings while being read")

    def _names(self, hour: Hour) -> list[str]:
        return [name for name in self.files.keys(keys.prefix_of(hour)) if keys.is_small(name)]

    def _read_sealed(
        self, hour: Hour, names: Sequence[str], *, with_moments: bool
    ) -> list[FileRows]:
        try:
            body = self.objects.get(keys.sealed_of(hour)).body
        except ObjectMissing:
            return []
        replaced = [LakeKey.parse(name) for name in names]
        return [hour_rows.read_sealed(body, replaced, with_moments=with_moments)]

    def _finish(self, hour: Hour, mark: int, look: Look) -> bool:
        """Finish the hour; return whether what it lacks is missing, and not on its way.

        Records on their way leave a mark when they arrive. An hour that changes meanwhile stays
        due, so that a later run looks at it again.
        """
        is_missing = bool(look.missing) and self._is_still_missing(hour, look)
        return self.marks.finish(hour, mark) and is_missing

    def _is_still_missing(self, hour: Hour, look: Look) -> bool:
        self.sleep(self.settle_s)
        again = replace(look, counted=self.live.records_by_type(hour))
        # Files that are gone were sealed.
        return again.missing > 0 and set(look.files).issuperset(self._names(hour))

    def _read(self, with_moments: bool, key: str) -> FileRows:  # noqa: FBT001  bound
        return hour_rows.read_file(self.objects.get(key).body, with_moments=with_moments)

    def _replace(self, hour: Hour, mark: int, summary: _Summary) -> None:
        figures = {rollup.event_type: rollup.figures for rollup in summary.rollups}
        known = self.aggregates.claim(hour, mark, figures)
        gone = sorted(known - figures.keys())
        rollups = self._with_partial(hour, mark, summary)
        # Rows and deletions together, so that a reader of an hour of few types never sees half;
        # deletions first, so that the claim never names many more types than a rollup has.
        for changes in batched((*gone, *rollups), self.max_changes):
            rows = [change for change in changes if isinstance(change, HourlyRollup)]
            names = [change for change in changes if isinstance(change, str)]
            known = self.aggregates.replace(hour, mark, known, rows, names)
        self.aggregates.summarize(hour, mark, rollups)

    def _with_partial(self, hour: Hour, mark: int, summary: _Summary) -> Sequence[HourlyRollup]:
        """Write the partial, then name it in the row that the fence keeps older ones from."""
        if self.partials is None or summary.partial is None:
            return summary.rollups
        key = self.partials.write(hour, mark, summary.partial.body)
        total, *others = summary.rollups
        return [replace(total, partial=key), *others]


@dataclass(frozen=True, slots=True)
class _Summary:
    """What the hour's files and counters say now: `rollups` begins with the row of all types."""

    look: Look
    rollups: Sequence[HourlyRollup]
    partial: Partial | None
