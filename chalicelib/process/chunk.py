"""Cut a shard's screened records into chunks, each of which commits in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from chalicelib.archive.screen_record import Accepted, Quarantined, Screened
from chalicelib.model.marks import Marks
from chalicelib.process.counters import Counter, Counters
from chalicelib.process.variant_counts import Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Of one object: its lines together, before compression."""

    max_bytes: int = 5_000_000
    max_records: int = 10_000


@dataclass(slots=True)
class Group:
    """The lines of one object."""

    first_sequence: str
    n_lines: int = 0
    # Lines go straight into it: 10,000 kept apart would cost more than they do here.
    body: bytearray = field(default_factory=bytearray)

    def has_room(self, line: bytes, limits: Limits) -> bool:
        """Say whether a line fits; the first always does, or a large one would never pass."""
        return not self.n_lines or (
            self.n_lines < limits.max_records and len(self.body) + len(line) <= limits.max_bytes
        )

    def append(self, line: bytes) -> None:
        self.n_lines += 1
        self.body += line


class Slot(NamedTuple):
    """Where the events of one type and minute go that are marked alike."""

    group: Group
    counter: Counter
    tally: Tally | None


@dataclass(slots=True)
class Chunk:
    """Grows record by record until the next one would break a limit.

    A group is never split over two objects within a chunk, so every object's first record is the
    first of its group above the checkpoint, however the batch was cut.
    """

    limits: Limits
    first_sequence: str = ""
    last_sequence: str = ""
    accepted: dict[tuple[str, str], Group] = field(default_factory=dict)
    quarantined: dict[str, Group] = field(default_factory=dict)
    counters: Counters = field(default_factory=Counters)
    _slots: dict[tuple[str, str, bool, Marks | None], Slot] = field(default_factory=dict)

    def take(self, screened: Screened) -> bool:
        """Take the next record, or refuse it because the chunk is full."""
        if isinstance(screened, Accepted):
            is_taken = self._accept(screened)
        else:
            is_taken = self._quarantine(screened)
        if is_taken:
            self.first_sequence = self.first_sequence or screened.sequence
            self.last_sequence = screened.sequence
        return is_taken

    @property
    def n_accepted(self) -> int:
        return sum(group.n_lines for group in self.accepted.values())

    @property
    def n_quarantined(self) -> int:
        return sum(group.n_lines for group in self.quarantined.values())

    @property
    def n_unenriched(self) -> int:
        """Events of which nobody could say whether an experiment concerns them."""
        return self.counters.variants.n_unknown

    def _accept(self, accepted: Accepted) -> bool:
        slot = self._slots.get(
            (accepted.event_type, accepted.minute, accepted.is_recent, accepted.marks)
        )
        if slot is None:
            slot = self._new_slot(accepted)
        if slot is None:
            return False
        group, counter, tally = slot
        if not (group.has_room(accepted.line, self.limits) and counter.add(accepted.facts)):
            return False
        group.append(accepted.line)
        if tally is not None:
            tally.n += 1
            tally.places.add(accepted.place)
        return True

    def _new_slot(self, accepted: Accepted) -> Slot | None:
        event_type, minute, is_recent = accepted.event_type, accepted.minute, accepted.is_recent
        marks, tally = accepted.marks, None
        if marks is not None:
            # First: it may refuse, and no group is made that would stay empty.
            tally = self.counters.open_variants(minute[:13], marks)
            if tally is None:
                return None
        counter = self.counters.open(event_type, minute, is_recent=is_recent)
        if counter is None:
            return None
        group = self.accepted.setdefault((event_type, minute[:13]), Group(accepted.sequence))
        slot = self._slots[event_type, minute, is_recent, marks] = Slot(group, counter, tally)
        return slot

    def _quarantine(self, quarantined: Quarantined) -> bool:
        hour, line = quarantined.hour, quarantined.line
        group = self.quarantined.get(hour) or Group(quarantined.sequence)
        if not group.has_room(line, self.limits):
            return False
        if not self.counters.add_quarantined(hour, quarantined.code):
            return False
        self.quarantined[hour] = group
        group.append(line)
        return True


def cut(records: Iterable[Screened], limits: Limits) -> Iterator[Chunk]:
    """Cut records into chunks, each yielded before the next one is begun."""
    chunk = Chunk(limits)
    for screened in records:
        if not chunk.take(screened):
            yield chunk
            chunk = Chunk(limits)
            chunk.take(screened)
    if chunk.last_sequence:
        yield chunk
