"""Put what was set aside into the streams again, as records of their own."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import batched

import orjson

from chalicelib.archive.judge_record import Outcome, Quarantined, accept, judge
from chalicelib.archive.record import Record, Shard
from chalicelib.delivery.deliver import Deliver
from chalicelib.delivery.outgoing import Outgoing
from chalicelib.model.stored import StreamRecord
from ops.kit.errors import OperationFailed
from ops.replay import notes
from ops.replay.kept import Kept
from ops.replay.mend import Mend, as_it_is

# Few enough to be stored within the budget of one delivery, whatever a shard takes.
AT_ONCE = 500


@dataclass(slots=True)
class Tally:
    """Records by the code they were set aside for; `invalid` by the code they would be now."""

    found: Counter[str] = field(default_factory=Counter)
    earlier: Counter[str] = field(default_factory=Counter)
    valid: Counter[str] = field(default_factory=Counter)
    sent: Counter[str] = field(default_factory=Counter)
    invalid: Counter[str] = field(default_factory=Counter)
    reasons: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A new `PutRecords` keeps the event's own id and times, so that readers know a repeat.

    What process would set aside again is not sent. Sent first and noted after: a crash repeats
    records and skips none.
    """

    objects: notes.Notebook
    read: Callable[[bytes], Sequence[Kept]]
    deliver: Deliver
    streams_by_type: Mapping[str, str]
    default_stream: str
    codes: frozenset[str] = frozenset()
    mend: Mend = as_it_is
    again: bool = False
    dry_run: bool = False

    def __call__(self, key: str, tally: Tally) -> None:
        """Replay the records of one object.

        Raises:
            OperationFailed: a stream takes no more; what it took is noted.
        """
        noted = notes.read(self.objects, key)
        wanted = self._wanted(self.read(self.objects.get(key).body), noted, tally)
        payloads = self.mend([kept.payload for kept in wanted]) if wanted else []
        ready = self._judged(wanted, payloads, tally)
        if self.dry_run:
            return
        done = set(noted)
        for part in batched(ready, AT_ONCE):
            self._send(key, part, done, tally)

    def _wanted(self, kept: Sequence[Kept], noted: frozenset[str], tally: Tally) -> list[Kept]:
        wanted = []
        for one in kept:
            if self.codes and one.code not in self.codes:
                continue
            tally.found[one.code] += 1
            if one.name in noted and not self.again:
                tally.earlier[one.code] += 1
            else:
                wanted.append(one)
        return wanted

    def _judged(
        self, wanted: Sequence[Kept], payloads: Sequence[bytes], tally: Tally
    ) -> list[tuple[Kept, Outgoing]]:
        ready = []
        for kept, payload in zip(wanted, payloads, strict=True):
            found = _judgement(payload)
            if isinstance(found, Quarantined):
                tally.invalid[found.code] += 1
                tally.reasons[found.code] = orjson.loads(found.line)["reason"]
            else:
                tally.valid[kept.code] += 1
                ready.append((kept, self._outgoing(payload)))
        return ready

    def _outgoing(self, payload: bytes) -> Outgoing:
        event = orjson.loads(payload)
        stream = self.streams_by_type.get(event["event_type"], self.default_stream)
        record = StreamRecord(event["user_id"], payload)
        return Outgoing(stream, record, event["event_id"], event["timestamp"])

    def _send(
        self, key: str, part: Sequence[tuple[Kept, Outgoing]], done: set[str], tally: Tally
    ) -> None:
        delivery = self.deliver({n: outgoing for n, (_, outgoing) in enumerate(part)})
        stored = [kept for n, (kept, _) in enumerate(part) if n not in delivery.failed]
        done.update(kept.name for kept in stored)
        tally.sent.update(kept.code for kept in stored)
        notes.write(self.objects, key, done)
        if delivery.failed:
            why = delivery.error or "the stream has no room for them"
            raise OperationFailed(
                f"{len(delivery.failed)} records were not stored: {why}.",
                "Run the same command again: it goes on with those that were not.",
            )


def _judgement(payload: bytes) -> Outcome:
    """What process will say of it; where and when it arrives makes no difference to that."""
    data = base64.b64encode(payload).decode()
    return judge(Record("0", "0", "", 0, data), Shard("", ""), accept)
