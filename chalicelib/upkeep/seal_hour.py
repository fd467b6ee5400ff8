"""Fold an hour's small files into its sealed file: the same rows in one object."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from chalicelib.errors import ObjectMissing, StoreUnavailable
from chalicelib.lake import keys, sealed
from chalicelib.lake.keys import LakeKey
from chalicelib.lake.schema import Table
from chalicelib.model.hour import Hour
from chalicelib.model.stored import NewObject, StoredObject
from chalicelib.model.window import one_hour
from chalicelib.ports import Clock
from chalicelib.upkeep.ports import LakeFiles, SealMarks
from chalicelib.upkeep.sealing import Sealing

# Like map(), possibly in parallel.
type ReadEach = Callable[
    [Callable[[LakeKey], "SmallFile"], Iterable[LakeKey]], Iterable["SmallFile"]
]

MAX_ATTEMPTS = 4
# Beyond this the files are large enough for queries, and too much for the function's memory.
MAX_BYTES = 500 * 2**20


class SmallFile(NamedTuple):
    rows: Table
    etag: str


class Folded(NamedTuple):
    """A sealed file to be written, and the ETags of the small files that are in it."""

    body: bytes
    etags: Mapping[str, str]
    n_rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SealHour:
    marks: SealMarks
    files: LakeFiles
    clock: Clock
    # Tells a file from every other, so that no request meant for one of them changes another.
    new_stamp: Callable[[], str]
    read_each: ReadEach = map
    max_bytes: int = MAX_BYTES

    def __call__(self, payload: Mapping[str, object]) -> Sealing:
        """Seal the hour that a payload names, if it is over; any number of sealers may do so.

        The mark is read first: what a sealer does not see is marked later and leaves the hour due.

        Raises:
            BadRequest: not one whole hour.
            StoreUnavailable: the hour stays due; nothing is lost.
        """
        hour = one_hour(payload)
        now_ms = self.clock()
        if hour >= Hour.of(now_ms):
            return Sealing(hour=hour, status="not over")
        mark = self.marks.begin_seal(hour, now_ms)
        sealing = self._seal(hour)
        self.marks.finish_seal(hour, mark)
        return sealing

    def _seal(self, hour: Hour) -> Sealing:
        for _ in range(MAX_ATTEMPTS):
            try:
                sealing = self._attempt(hour)
            except ObjectMissing:
                # Another sealer has deleted it, so the sealed file is not what it was either.
                continue
            if sealing is not None:
                return sealing
        raise StoreUnavailable(f"{hour.text} could not be sealed in {MAX_ATTEMPTS} attempts")

    def _attempt(self, hour: Hour) -> Sealing | None:
        """Return None if the sealed file may have been written, by another sealer or by us.

        It is read first, so that what is read of small files is at least as new, and the put is
        refused if another sealer has written since. Read last, it could have newer rows of a raw
        object than the small file that was read, and would lose them to it.
        """
        before = self._sealed(hour)
        sizes = {
            k: n for k, n in self.files.sizes(keys.prefix_of(hour)).items() if keys.is_small(k)
        }
        if not sizes:
            return Sealing(hour=hour, status="whole")
        if sum(sizes.values()) > self.max_bytes:
            return Sealing(hour=hour, status="large")
        folded = self._fold(before, [LakeKey.parse(key) for key in sizes])
        if not self._put(hour, folded, before):
            return None
        kept = self.files.delete_all_if(folded.etags)
        return Sealing(
            hour=hour,
            status="sealed",
            files=len(folded.etags),
            kept=len(kept),
            records=folded.n_rows,
            bytes=len(folded.body),
        )

    def _sealed(self, hour: Hour) -> StoredObject | None:
        try:
            return self.files.get(keys.sealed_of(hour))
        except ObjectMissing:
            return None

    def _put(self, hour: Hour, folded: Folded, before: StoredObject | None) -> bool:
        new = NewObject(keys.sealed_of(hour), folded.body, {"records": str(folded.n_rows)})
        try:
            return self.files.put_if(new, before.etag if before else None)
        except StoreUnavailable:
            # It may have been written, or be written later, which only the next look can tell.
            return False

    def _fold(self, before: StoredObject | None, small: Sequence[LakeKey]) -> Folded:
        """Write the rows of both, a type at a time, so that memory holds one type's rows."""
        old = sealed.SealedFile.open(before.body) if before else None
        writer = sealed.SealedWriter.open(self.new_stamp())
        types = {key.event_type for key in small}.union(old.event_types if old else ())
        etags: dict[str, str] = {}
        n_rows = 0
        for event_type in sorted(types):
            of_type = sorted(key for key in small if key.event_type == event_type)
            files = list(self.read_each(self._read, of_type))
            etags |= {str(key): file.etag for key, file in zip(of_type, files, strict=True)}
            kept = [old.rows(event_type, of_type)] if old else []
            n_rows += writer.add([*kept, *(file.rows for file in files)])
        return Folded(writer.finish(), etags, n_rows)

    def _read(self, key: LakeKey) -> SmallFile:
        stored = self.files.get(str(key))
        return SmallFile(sealed.small_rows(stored.body, key), stored.etag)
