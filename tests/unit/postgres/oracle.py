"""What attribution's tables must hold, computed from every record that was delivered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.model import instant

WINDOW_MS = 3_600_000

type Tables = dict[str, list[tuple[object, ...]]]


@dataclass(frozen=True)
class Sent:
    """One event, with its place in the streams; times are epoch milliseconds."""

    kind: str
    user: str
    id: str
    at: int
    ingested: int
    stream: str
    shard: str
    sequence: int
    campaign: str | None = None
    amount: float | None = None

    @property
    def rank(self) -> tuple[int, str, str, int]:
        return self.ingested, self.stream, self.shard, self.sequence

    @property
    def row(self) -> tuple[object, ...]:
        times = (instant.to_text(self.at), instant.to_text(self.ingested))
        place = (self.stream, self.shard, str(self.sequence).zfill(56))
        amount = None if self.amount is None else f"{self.amount:.6f}"
        own = (self.campaign,) if self.kind == "click" else (amount,)
        return (self.user, self.id, *times, *place, *own)

    @property
    def body(self) -> dict[str, Any]:
        own: dict[str, object] = (
            {"campaign": self.campaign} if self.kind == "click" else {"amount": self.amount}
        )
        return {
            "event_id": self.id,
            "event_type": self.kind,
            "source": "web",
            "user_id": self.user,
            "timestamp": instant.to_text(self.at),
            "ingested_at": instant.to_text(self.ingested),
            "properties": {name: value for name, value in own.items() if value is not None},
        }


def tables_of(sent: Sequence[Sent]) -> Tables:
    clicks = _earliest(one for one in sent if one.kind == "click")
    checkouts = _earliest(one for one in sent if one.kind == "checkout")
    by_user: dict[str, list[Sent]] = {}
    for click in clicks:
        by_user.setdefault(click.user, []).append(click)
    first_seen: dict[str, int] = {}
    for one in sent:
        first_seen[one.user] = min(one.at, first_seen.get(one.user, one.at))
    return {
        "users": sorted((user, instant.to_text(at)) for user, at in first_seen.items()),
        "raw_clicks": sorted((click.row for click in clicks), key=repr),
        "raw_checkouts": sorted((checkout.row for checkout in checkouts), key=repr),
        "attributed_checkouts": sorted(
            (_credit(one, by_user.get(one.user, [])) for one in checkouts), key=repr
        ),
    }


def _earliest(sent: Iterable[Sent]) -> list[Sent]:
    kept: dict[tuple[str, str], Sent] = {}
    for one in sent:
        other = kept.setdefault((one.user, one.id), one)
        if one.rank < other.rank:
            kept[one.user, one.id] = one
    return list(kept.values())


def _credit(checkout: Sent, clicks: Sequence[Sent]) -> tuple[object, ...]:
    at = checkout.at
    within = [(click.at, click.id) for click in clicks if at - WINDOW_MS <= click.at <= at]
    first = min(within, default=None)
    credit = (None, None) if first is None else (first[1], instant.to_text(first[0]))
    return (checkout.user, checkout.id, instant.to_text(at), *credit)
