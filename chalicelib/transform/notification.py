"""Read a message from the queue: which raw objects were written, according to S3."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import unquote_plus

import orjson

from chalicelib.archive.raw_key import RawKey


class Notification(NamedTuple):
    """`complaint` says which part can't be understood; it is empty if everything can."""

    keys: tuple[RawKey, ...] = ()
    complaint: str = ""


def read(body: str) -> Notification:
    """Read a message's body; never raises, since the text is from outside.

    >>> read('{"Service": "Amazon S3", "Event": "s3:TestEvent"}')
    Notification(keys=(), complaint='')
    """
    try:
        message = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        return Notification(complaint=f"not JSON: {error}")
    match message:
        case {"Event": "s3:TestEvent"}:
            return Notification()
        case {"Records": [*records]}:
            return _read(records)
        case _:
            return Notification(complaint="not a notification from S3")


def _read(records: list[object]) -> Notification:
    keys = []
    complaints = []
    for record in records:
        try:
            keys.append(_key(record))
        except ValueError as error:
            complaints.append(str(error))
    return Notification(tuple(keys), "; ".join(complaints))


def _key(record: object) -> RawKey:
    match record:
        case {"s3": {"object": {"key": str(encoded)}}}:
            key = unquote_plus(encoded)
        case _:
            raise ValueError("a record without the key of an object")
    try:
        return RawKey.parse(key)
    except ValueError as error:
        raise ValueError(f"not the key of a raw object: {key}") from error
