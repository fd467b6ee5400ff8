"""Decide, from the record alone, whether it is a click, a checkout, or neither."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import pybase64

from chalicelib.archive.record import Record, Shard
from chalicelib.archive.screen_record import check
from chalicelib.model import event, facts
from chalicelib.model.attribution import CHECKOUT, CLICK, Checkout, Click, Unstorable
from chalicelib.model.event import Event

TYPES = frozenset({CLICK, CHECKOUT})
# In JSON the character is always written like this, although this needn't be the character.
_NUL_IN_JSON = b"\\u0000"
_NUL = "\0"
# With fewer brackets it can't be nested deeper than the archive's codec can write.
MAX_PLAIN_DEPTH = 250


class Passed(StrEnum):
    """Why a record has no row. Each is counted under this name."""

    # Of a type that attribution doesn't use.
    OTHER = "passed_over"
    # Quarantined by the process stage.
    POISON = "poison"


class Reason(StrEnum):
    """Why a valid event can't be stored."""

    NUL_CHARACTER = "nul_character"
    REFUSED = "refused_by_database"
    INTERNAL_ERROR = "internal_error"


type Row = Click | Checkout | Unstorable | Passed


def read_row(record: Record, shard: Shard) -> Row:
    """Read one record; never raises, since a poison record must not block its shard."""
    try:
        return _read(pybase64.b64decode(record.data), record, shard)
    except (event.Rejected, ValueError):
        return Passed.POISON
    except Exception:  # noqa: BLE001  our own bug, and no reason to stop the shard
        return unstorable(record, shard, Reason.INTERNAL_ERROR)


def unstorable(record: Record, shard: Shard, reason: Reason, field: str = "") -> Unstorable:
    return Unstorable(shard.stream, shard.shard_id, record.sequence, reason, field)


def _read(payload: bytes, record: Record, shard: Shard) -> Row:
    value = event.load(payload)
    match value:
        case {"event_type": str(event_type)} if event_type not in TYPES:
            return Passed.OTHER
    checked = event.check_event(value)
    check(checked, payload)
    if payload.count(b"{") + payload.count(b"[") > MAX_PLAIN_DEPTH:
        # Raises where the process stage quarantines what is nested too deep.
        event.dump(checked)
    row = _row(checked, record, shard)
    if _NUL_IN_JSON in payload:
        field = next((n for n, v in row._asdict().items() if v and _NUL in v), None)
        if field is not None:
            return unstorable(record, shard, Reason.NUL_CHARACTER, field)
    return row


def _row(checked: Event, record: Record, shard: Shard) -> Click | Checkout:
    properties = checked["properties"]
    head = (
        checked["user_id"],
        checked["event_id"],
        checked["timestamp"],
        checked["ingested_at"],
        shard.stream,
        shard.shard_id,
        record.sequence,
        checked["source"],
    )
    if checked["event_type"] == CLICK:
        return Click(*head, _text(properties, "campaign"), _text(properties, "page"))
    lifted = facts.lift(CHECKOUT, properties)
    amount = None if lifted.amount is None else decimal(facts.micros(lifted.amount))
    return Checkout(*head, amount, lifted.currency)


def decimal(micros: int) -> str:
    """Write millionths as a decimal number, exactly.

    >>> decimal(-1_500_000), decimal(1)
    ('-1.500000', '0.000001')
    """
    whole, rest = divmod(abs(micros), facts.MICRO)
    return f"{'-' if micros < 0 else ''}{whole}.{rest:06d}"


def _text(properties: Mapping[str, object], name: str) -> str | None:
    # The event's check has made sure that it is text.
    value = properties.get(name)
    return value if isinstance(value, str) else None
