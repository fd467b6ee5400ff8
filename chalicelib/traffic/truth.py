"""What attribution must find in events, computed in the plainest way: the oracle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from chalicelib.model import instant
from chalicelib.model.instant import HOUR_MS
from chalicelib.traffic.stories import Event


class Credit(NamedTuple):
    """A checkout, and the first click of its user within the hour before, if there was one."""

    user_id: str
    checkout_id: str
    checked_out_at: str
    click_id: str | None
    campaign: str | None


class _Moment(NamedTuple):
    at_ms: int
    id: str


def credits_of(sent: Iterable[Event]) -> list[Credit]:
    """Credit each checkout, ordered by user and checkout.

    Events are in the order in which they were stored: of those with the same user and id, the
    first counts. Those of other types don't matter.
    """
    first: dict[tuple[str, str, str], Event] = {}
    for event in sent:
        key = str(event["event_type"]), str(event["user_id"]), str(event["event_id"])
        first.setdefault(key, event)
    clicks: dict[str, list[_Moment]] = defaultdict(list)
    for (kind, user, id_), event in first.items():
        if kind == "click":
            clicks[user].append(_Moment(_at_ms(event), id_))
    return sorted(
        _credit(user, id_, event, _first_click(clicks[user], _at_ms(event)), first)
        for (kind, user, id_), event in first.items()
        if kind == "checkout"
    )


def _first_click(clicks: Iterable[_Moment], at_ms: int) -> _Moment | None:
    return min((one for one in clicks if at_ms - HOUR_MS <= one.at_ms <= at_ms), default=None)


def _credit(
    user: str,
    checkout_id: str,
    checkout: Event,
    click: _Moment | None,
    events: dict[tuple[str, str, str], Event],
) -> Credit:
    at = instant.to_text(_at_ms(checkout))
    if click is None:
        return Credit(user, checkout_id, at, None, None)
    properties = events["click", user, click.id].get("properties")
    campaign = properties.get("campaign") if isinstance(properties, dict) else None
    return Credit(user, checkout_id, at, click.id, campaign)


def _at_ms(event: Event) -> int:
    at = event["timestamp"]
    return at if isinstance(at, int) else instant.parse(str(at))
