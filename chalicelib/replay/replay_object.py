"""Replay the records of one object, those that process would accept now."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import batched

import orjson

from chalicelib.archive.record import Record, Shard
from chalicelib.archive.replayable import Replayable
from chalicelib.archive.screen_record import Quarantined, Screened, accept, screen
from chalicelib.delivery.deliver import Deliver
from chalicelib.delivery.outgoing import Outgoing
from chalicelib.errors import StoreUnavailable
from chalicelib.model.stored import StreamRecord
from chalicelib.replay import notes
from chalicelib.replay.ports import ReplayStore

# Few enough to be stored within the budget of one delivery, whatever a shard takes.
AT_ONCE = 500

# Payloads in, payloads out, one for one.
type Fix = Callable[[Sequence[bytes]], Sequence[bytes]]


@dataclass(slots=True)
class Counts:
    """Records by the code they were quarantined for; `invalid` by the code they would have now."""

    found: Counter[str] = field(default_factory=Counter)
    earlier: Counter[str] = field(default_factory=Counter)
    valid: Counter[str] = field(default_factory=Counter)
    sent: Counter[str] = field(default_factory=Counter)
    invalid: Counter[str] = field(default_factory=Counter)
    reasons: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayObject:
    """A new `PutRecords` keeps the event's own id and times, so that readers recognize a repeat.

    A record that process would quarantine again is not sent. Records are sent first and noted
    after: a crash repeats records and skips none.
    """

    store: ReplayStore
    read: Callable[[bytes], Sequence[Replayable]]
    deliver: Deliver
    streams_by_type: Mapping[str, str]
    default_stream: str
    codes: frozenset[str] = frozenset()
    fix: Fix = lambda payloads: payloads
    again: bool = False
    dry_run: bool = False

    def __call__(self, key: str, counts: Counts) -> None:
        """Replay the records of one object, and add to the counts.

        Raises:
            StoreUnavailable: a stream takes no more; what it took is noted.
        """
        noted = notes.read(self.store, key)
        wanted = self._wanted(self.read(self.store.get(key).body), noted, counts)
        payloads = self.fix([one.payload for one in wanted]) if wanted else []
        ready = self._valid(wanted, payloads, counts)
        if self.dry_run:
            return
        done = set(noted)
        for part in batched(ready, AT_ONCE):
            self._send(key, part, done, counts)

    def _wanted(
        self, records: Sequence[Replayable], noted: frozenset[str], counts: Counts
    ) -> list[Replayable]:
        wanted = []
        for one in records:
            if self.codes and one.code not in self.codes:
                continue
            counts.found[one.code] += 1
            if one.name in noted and not self.again:
                counts.earlier[one.code] += 1
            else:
                wanted.append(one)
        return wanted

    def _valid(
        self, wanted: Sequence[Replayable], payloads: Sequence[bytes], counts: Counts
    ) -> list[tuple[Replayable, Outgoing]]:
        ready = []
        for one, payload in zip(wanted, payloads, strict=True):
            outcome = _outcome(payload)
            if isinstance(outcome, Quarantined):
                counts.invalid[outcome.code] += 1
                counts.reasons[outcome.code] = orjson.loads(outcome.line)["reason"]
            else:
                counts.valid[one.code] += 1
                ready.append((one, self._outgoing(payload)))
        return ready

    def _outgoing(self, payload: bytes) -> Outgoing:
        event = orjson.loads(payload)
        stream = self.streams_by_type.get(event["event_type"], self.default_stream)
        record = StreamRecord(event["user_id"], payload)
        return Outgoing(stream, record, event["event_id"], event["timestamp"])

    def _send(
        self,
        key: str,
        part: Sequence[tuple[Replayable, Outgoing]],
        done: set[str],
        counts: Counts,
    ) -> None:
        delivery = self.deliver({n: outgoing for n, (_, outgoing) in enumerate(part)})
        stored = [one for n, (one, _) in enumerate(part) if n not in delivery.failed]
        done.update(one.name for one in stored)
        counts.sent.update(one.code for one in stored)
        notes.write(self.store, key, done)
        if delivery.failed:
            why = delivery.error or "the stream has no room for them"
            raise StoreUnavailable(f"{len(delivery.failed)} records were not stored: {why}")


def _outcome(payload: bytes) -> Screened:
    """Say what process would make of it, which does not depend on when and where it arrives."""
    data = base64.b64encode(payload).decode()
    return screen(Record("0", "0", "", 0, data), Shard("", ""), accept)
