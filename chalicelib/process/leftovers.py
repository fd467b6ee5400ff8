"""Where attempts that never committed may have left objects, whatever they took records for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import orjson
import pybase64

from chalicelib.archive import quarantine_line
from chalicelib.archive.raw_key import SUFFIX, RawKey
from chalicelib.archive.record import Record
from chalicelib.model import instant
from chalicelib.model.hour import Hour

# Wider than what is accepted today, and yet never more than a key can hold.
_EVENT_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,127}")


def prefixes(records: Iterable[Record], shard: str) -> set[str]:
    """Return the prefixes of every key that any version may have given to these records.

    A version that accepts a record archives it by the type and hour that the record itself names,
    and one that doesn't quarantines it by its hour of arrival.
    """
    return {
        key.removesuffix(SUFFIX)
        for record in records
        for key in _keys_without_sequence(record, shard)
    }


def among(keys: Iterable[str], first: str, last: str) -> set[str]:
    """Return the keys of objects that start with one of the records from `first` to `last`.

    What starts earlier is left alone, even above the checkpoint: after a table's restore the
    checkpoint is too low, and objects above it are committed.
    """
    return {key for key in keys if first <= key.removesuffix(SUFFIX).rpartition("-")[2] <= last}


def _keys_without_sequence(record: Record, shard: str) -> Iterator[str]:
    yield quarantine_line.key(Hour.of(record.arrived_ms), shard, "")
    try:
        event = orjson.loads(pybase64.b64decode(record.data))
        event_type, hour = event["event_type"], Hour.of(instant.parse(event["timestamp"]))
        if _EVENT_TYPE.fullmatch(event_type):
            yield str(RawKey(event_type, hour, shard, ""))
    except (KeyError, TypeError, ValueError):
        # No version can have archived a record that names neither.
        return
