"""Replace the rows of one hour with what its lake files say now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import batched

from chalicelib.errors import ObjectMissing, StoreUnavailable, Superseded
from chalicelib.lake import hour_rows, keys
from chalicelib.lake.hour_rows import FileRows, HourRows
from chalicelib.lake.keys import LakeKey
from chalicelib.model.hour import Hour
from chalicelib.model.rollup import HourlyRollup
from chalicelib.model.window import one_hour
from chalicelib.ports import Clock, ObjectReader
from chalicelib.rollup.hour_result import HourResult
from chalicelib.rollup.look import Look
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
        look, rollups = self._summarize(hour)
        try:
            self._replace(hour, mark, rollups)
        except Superseded:
            return HourResult(hour=hour, status="superseded")
        is_over = hour < Hour.of(now_ms)
        is_confirmed = is_over and self._finish(hour, mark, look)
        return HourResult.rolled(look, rollups[0], is_confirmed=is_confirmed)

    def _summarize(self, hour: Hour) -> tuple[Look, list[HourlyRollup]]:
        names, rows = self._rows(hour)
        # A record is counted when it is archived, and reaches the lake only later. Read last, the
        # counters lag least; a lag would stay unnoticed, as it leaves no mark.
        look = Look(names, rows.n_by_type(), self.live.records_by_type(hour))
        return look, summarize(hour, rows, look.counted, look.largest(self.max_types))

    def _rows(self, hour: Hour) -> tuple[list[str], HourRows]:
        """Read each raw object's rows once: from its small file, else from the sealed one.

        The sealed file is read after the listing, so that it has what a sealer took from there.
        A small file that is gone may be in a newer sealed file.
        """
        for _ in range(MAX_LISTINGS):
            names = self._names(hour)
            sealed = self._read_sealed(hour, names)
            try:
                return names, hour_rows.join([*self.read_each(self._read, names), *sealed])
            except ObjectMissing:
                continue
        raise StoreUnavailable(f"files vanished from {MAX_LISTINGS} listings while being read")

    def _names(self, hour: Hour) -> list[str]:
        return [name for name in self.files.keys(keys.prefix_of(hour)) if keys.is_small(name)]

    def _read_sealed(self, hour: Hour, names: Sequence[str]) -> list[FileRows]:
        try:
            body = self.objects.get(keys.sealed_of(hour)).body
        except ObjectMissing:
            return []
        return [hour_rows.read_sealed(body, [LakeKey.parse(name) for name in names])]

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

    def _read(self, key: str) -> FileRows:
        return hour_rows.read_file(self.objects.get(key).body)

    def _replace(self, hour: Hour, mark: int, rollups: Sequence[HourlyRollup]) -> None:
        figures = {rollup.event_type: rollup.figures for rollup in rollups}
        known = self.aggregates.claim(hour, mark, figures)
        gone = sorted(known - figures.keys())
        # Rows and deletions together, so that a reader of an hour of few types never sees half;
        # deletions first, so that the claim never names many more types than a rollup has.
        for changes in batched((*gone, *rollups), self.max_changes):
            rows = [change for change in changes if isinstance(change, HourlyRollup)]
            names = [change for change in changes if isinstance(change, str)]
            known = self.aggregates.replace(hour, mark, known, rows, names)
