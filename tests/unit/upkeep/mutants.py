"""The protocol with one of its rules broken: schedules must find each of them out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from chalicelib.errors import ObjectMissing
from chalicelib.lake import hour_rows, keys
from chalicelib.lake.hour_rows import FileRows, HourRows
from chalicelib.lake.keys import LakeKey
from chalicelib.model.hour import Hour
from chalicelib.model.stored import NewObject
from chalicelib.rollup.roll_up_hour import RollUpHour
from chalicelib.upkeep.seal_hour import SealHour
from chalicelib.upkeep.sealing import Sealing
from tests.unit.upkeep.schedules import Bucket


class ReadsSealedLast(SealHour):
    """Reads the sealed file after the listing and the small files."""

    __slots__ = ()

    def _attempt(self, hour: Hour) -> Sealing | None:
        listed = [key for key in self.files.sizes(keys.prefix_of(hour)) if keys.is_small(key)]
        if not listed:
            return Sealing(hour=hour, status="whole")
        read = {key: self._read(key) for key in map(LakeKey.parse, listed)}
        before = self._sealed(hour)
        readied = replace(self, read_each=lambda _read, keys: [read[key] for key in keys])
        folded = readied._fold(before, list(read))
        if not self._put(hour, folded, before):
            return None
        self.files.delete_all_if(folded.etags)
        return Sealing(hour=hour, status="sealed")


class MarksLast(SealHour):
    """Raises `sealed` to a count that is read after the files."""

    __slots__ = ()

    def __call__(self, payload: Mapping[str, object]) -> Sealing:
        hour = Hour.parse(str(payload["window_start"]))
        sealing = self._seal(hour)
        self.marks.finish_seal(hour, self.marks.begin_seal(hour, self.clock()))
        return sealing


class TakesRefusedForSealed(SealHour):
    """Takes an hour whose put was refused for sealed."""

    __slots__ = ()

    def _seal(self, hour: Hour) -> Sealing:
        return self._attempt(hour) or Sealing(hour=hour, status="sealed")


class PlainDelete(Bucket):
    """Deletes whatever has the key."""

    def delete_all_if(self, etags: Mapping[str, str]) -> Sequence[str]:
        return super().delete_all_if({key: self._etag(key) for key in etags if key in self.bodies})


class PlainPut(Bucket):
    """Writes whatever was there."""

    def put_if(self, new: NewObject, etag: str | None) -> bool:  # noqa: ARG002  that is the mistake
        self.put(new.key, new.body, new.metadata)
        return True


class PassesOver(RollUpHour):
    """Leaves out a file that is gone."""

    __slots__ = ()

    def _rows(self, hour: Hour, *, with_moments: bool) -> tuple[list[str], HourRows]:
        names = self._names(hour)
        sealed = self._read_sealed(hour, names, with_moments=with_moments)
        files = [file for name in names for file in self._there(name)]
        return names, hour_rows.join([*files, *sealed], with_moments=with_moments)

    def _there(self, name: str) -> list[FileRows]:
        try:
            return [self._read(False, name)]  # noqa: FBT003  bound
        except ObjectMissing:
            return []


class SealedBeforeListing(RollUpHour):
    """Reads the sealed file before the listing, and leaves nothing out of it."""

    __slots__ = ()

    def _rows(self, hour: Hour, *, with_moments: bool) -> tuple[list[str], HourRows]:
        sealed = self._read_sealed(hour, [], with_moments=with_moments)
        names = self._names(hour)
        small = [self._read(with_moments, name) for name in names]
        return names, hour_rows.join([*small, *sealed], with_moments=with_moments)
