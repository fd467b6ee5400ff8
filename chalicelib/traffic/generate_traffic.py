"""Send what a shop's visitors did in the last five minutes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.delivery.deliver import Deliver
from chalicelib.delivery.outgoing import Outgoing
from chalicelib.errors import StoreUnavailable
from chalicelib.model import event as events
from chalicelib.model import instant
from chalicelib.model.measure import Measure
from chalicelib.model.stored import StreamRecord
from chalicelib.ports import Clock
from chalicelib.traffic.shopping import WINDOW_MS, Sent, Shop


@dataclass(frozen=True, slots=True)
class Generated:
    clicks: int
    checkouts: int

    @property
    def line(self) -> Mapping[str, object]:
        return {
            "event": "traffic generated",
            "clicks": self.clicks,
            "checkouts": self.checkouts,
        }

    @property
    def measures(self) -> Mapping[Measure, float]:
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateTraffic:
    shop: Shop
    deliver: Deliver
    clock: Clock
    default_stream: str
    streams_by_type: Mapping[str, str]

    def __call__(self, scheduled_at: str) -> Generated:
        """Send the events of the window that ended last before the scheduled time.

        Raises:
            StoreUnavailable: some were not stored; another attempt sends all of them again.
        """
        end_ms = instant.parse(scheduled_at) // WINDOW_MS * WINDOW_MS
        sent = self.shop.sent(end_ms - WINDOW_MS, end_ms)
        now_ms = self.clock()
        outgoing = dict(enumerate(self._outgoing(one, now_ms) for one in sent))
        delivery = self.deliver(outgoing)
        if delivery.failed:
            raise StoreUnavailable(
                f"{len(delivery.failed)} events were not stored: {delivery.error}"
            )
        clicks = sum(one.event["event_type"] == "click" for one in sent)
        return Generated(clicks, len(sent) - clicks)

    def _outgoing(self, one: Sent, now_ms: int) -> Outgoing:
        made = events.check_event(
            {
                **one.event,
                "timestamp": instant.to_text(int(str(one.event["timestamp"]))),
                "ingested_at": instant.to_text(now_ms),
            }
        )
        stream = self.streams_by_type.get(made["event_type"], self.default_stream)
        record = StreamRecord(made["user_id"], events.dump(made))
        return Outgoing(stream, record, made["event_id"], made["timestamp"])
