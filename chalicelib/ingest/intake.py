"""Turn one posted event into a stream record: check it, complete it, choose its stream."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypedDict

from chalicelib.delivery.outgoing import Outgoing
from chalicelib.ingest.arrival import Arrival
from chalicelib.model import instant
from chalicelib.model.code import Code, Problem
from chalicelib.model.event import (
    MAX_PROBLEMS,
    ClientEvent,
    Event,
    Rejected,
    check_client_event,
    dump,
)
from chalicelib.model.stored import StreamRecord

# Below this an epoch timestamp is in seconds: in milliseconds it would be before 1973.
LEAST_PLAUSIBLE_MS = 100_000_000_000
# Above this it is in microseconds or less: in milliseconds it would be after the year 5000.
MOST_PLAUSIBLE_MS = 100_000_000_000_000


REPLACEMENT = "\ufffd"


class _Session(TypedDict, total=False):
    session_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Accepts events whose time is close enough; `entropy` supplies an id's bits.

    Without `event_types` any type is accepted, else these alone.
    """

    default_stream: str
    streams_by_type: Mapping[str, str]
    max_ahead_ms: int
    max_age_ms: int
    entropy: Callable[[], int]
    event_types: frozenset[str] = frozenset()

    def arrival(self, now_ms: int) -> Arrival:
        """Return what all events of one request have in common."""
        return Arrival.at(now_ms, self.entropy)

    def take(self, value: object, arrival: Arrival) -> Outgoing:
        """Check and complete one event.

        Raises:
            Rejected: with every problem found.
        """
        event = self._completed(value, arrival)
        stream = self.streams_by_type.get(event["event_type"], self.default_stream)
        # One user's events go to one shard, and so stay in order.
        record = StreamRecord(event["user_id"], dump(event))
        return Outgoing(stream, record, event["event_id"], event["timestamp"])

    def _completed(self, value: object, arrival: Arrival) -> Event:
        sent = self._checked(value, arrival.ms)
        _check_identity(sent)
        self._check_type(sent["event_type"])
        session: _Session = {"session_id": sent["session_id"]} if "session_id" in sent else {}
        return {
            "event_id": sent.get("event_id") or next(arrival.ids),
            "event_type": sent["event_type"],
            "source": sent["source"],
            "user_id": sent["user_id"],
            **session,
            "timestamp": self._timestamp(sent, arrival),
            "ingested_at": arrival.text,
            "properties": sent.get("properties", {}),
        }

    def _timestamp(self, sent: ClientEvent, arrival: Arrival) -> str:
        at_ms = self._timestamp_ms(sent, arrival.ms)
        return arrival.text if at_ms == arrival.ms else instant.to_text(at_ms)

    def _checked(self, value: object, now_ms: int) -> ClientEvent:
        try:
            return check_client_event(value)
        except Rejected as rejected:
            if not isinstance(value, dict):
                raise
            # Report everything that is wrong with an event, so that it can be fixed at once.
            untimely = self._problems_of_time(value, now_ms)
            problems = (*rejected.problems, *untimely)[:MAX_PROBLEMS]
            raise Rejected(*problems) from rejected

    def _check_type(self, event_type: str) -> None:
        if self.event_types and event_type not in self.event_types:
            message = f"event_type {event_type} is not one of those that this stage accepts"
            raise Rejected(Problem("event_type", Code.EVENT_TYPE_NOT_ALLOWED, message))

    def _problems_of_time(self, value: dict[str, object], now_ms: int) -> tuple[Problem, ...]:
        try:
            self._timestamp_ms(value, now_ms)
        except Rejected as rejected:
            return rejected.problems
        return ()

    def _timestamp_ms(self, event: Mapping[str, object], now_ms: int) -> int:
        if "timestamp" in event:
            at_ms = _parsed(event["timestamp"])
            self._check_nearness(at_ms, now_ms)
            return at_ms
        if "event_id" in event:
            message = (
                "timestamp is required with an event_id, so that a retry carries the same one"
            )
            raise Rejected(Problem("timestamp", Code.TIMESTAMP_REQUIRED, message))
        return now_ms

    def _check_nearness(self, at_ms: int, now_ms: int) -> None:
        if -self.max_age_ms <= at_ms - now_ms <= self.max_ahead_ms:
            return
        text, now = instant.to_text(at_ms), instant.to_text(now_ms)
        if at_ms > now_ms:
            limit = f"{self.max_ahead_ms // 1000:,} s"
            message = (
                f"timestamp {text} is more than {limit} ahead of the server's clock,"
                f" {now}{_hint(at_ms)}"
            )
            raise Rejected(Problem("timestamp", Code.TIMESTAMP_IN_FUTURE, message))
        limit = f"{self.max_age_ms // 1000:,} s"
        hint = "; is it in seconds?" if abs(at_ms) < LEAST_PLAUSIBLE_MS else ""
        message = f"timestamp {text} is more than {limit} behind the server's clock, {now}{hint}"
        raise Rejected(Problem("timestamp", Code.TIMESTAMP_TOO_OLD, message))


def _check_identity(sent: ClientEvent) -> None:
    """Refuse names with a replacement character in them.

    API Gateway puts it in place of bytes that are not UTF-8, so two users whose names differ in
    such bytes would become one.
    """
    if REPLACEMENT not in f"{sent['source']}{sent['user_id']}{sent.get('session_id')}":
        return
    damaged = [
        Problem(name, Code.INVALID_ENCODING, f"{name} contains U+FFFD; send it as UTF-8")
        for name in ("source", "user_id", "session_id")
        if REPLACEMENT in str(sent.get(name, ""))
    ]
    raise Rejected(*damaged)


def _hint(value: object) -> str:
    """Guess what was meant, so that the message helps.

    >>> _hint(1795255200123456), _hint("1795255200123")
    ('; is it in microseconds? Send milliseconds', '; send epoch milliseconds without quotes')
    """
    if isinstance(value, str):
        digits = value.strip().removeprefix("-").replace(".", "", 1)
        return "; send epoch milliseconds without quotes" if digits.isdecimal() else ""
    if isinstance(value, int) and value > MOST_PLAUSIBLE_MS:
        unit = "nanoseconds" if value > MOST_PLAUSIBLE_MS * 1000 else "microseconds"
        return f"; is it in {unit}? Send milliseconds"
    return ""


def _parsed(value: object) -> int:
    if type(value) is not int and not isinstance(value, str):
        message = (
            "timestamp must be ISO 8601 text with a time zone, or an integer of epoch milliseconds"
        )
        raise Rejected(Problem("timestamp", Code.WRONG_TYPE, message))
    try:
        return instant.parse(value)
    except ValueError as error:
        message = (
            "timestamp must be ISO 8601 with a time zone, such as 2026-11-21T10:00:00.123Z,"
            f" or epoch milliseconds of the years 1 to 9999{_hint(value)}"
        )
        raise Rejected(Problem("timestamp", Code.TIMESTAMP_INVALID, message)) from error
