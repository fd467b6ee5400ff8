"""One thing that happened: as a client may send it, and as the stream carries it."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, NotRequired, TypedDict

import orjson
from pydantic import (
    ConfigDict,
    InstanceOf,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    with_config,
)

from chalicelib.model import instant, properties, wording
from chalicelib.model.code import Code, Problem

MAX_PROPERTIES_BYTES = 65_536
# Of one event: enough to fix it, and few enough to answer about many.
MAX_PROBLEMS = 10

_CLOSED = ConfigDict(extra="forbid", strict=True)
TYPE_FORMAT = StringConstraints(pattern="^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=64)

type EventType = Annotated[str, TYPE_FORMAT]
type EventId = Annotated[str, StringConstraints(pattern="^[A-Za-z0-9_-]{1,64}$")]
type UserId = Annotated[str, StringConstraints(min_length=1, max_length=128)]
type Source = Annotated[str, StringConstraints(min_length=1, max_length=64)]
# JSON's keys are text already, so checking each and copying the object would be wasted.
type Properties = InstanceOf[dict[str, object]]
type InstantText = Annotated[str, StringConstraints(pattern=instant.PATTERN)]


@with_config(_CLOSED)
class ClientEvent(TypedDict):
    """An event as a client sends it; its timestamp is checked where the current time is known."""

    event_type: EventType
    source: Source
    user_id: UserId
    session_id: NotRequired[UserId]
    event_id: NotRequired[EventId]
    timestamp: NotRequired[object]
    properties: NotRequired[Properties]


@with_config(_CLOSED)
class Event(TypedDict):
    """What the stream carries: with an id and times, and with its fields in this order."""

    event_id: EventId
    event_type: EventType
    source: Source
    user_id: UserId
    session_id: NotRequired[UserId]
    timestamp: InstantText
    ingested_at: InstantText
    properties: Properties


class Rejected(Exception):
    """This event can't be accepted, for these reasons."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems


_CLIENT = TypeAdapter(ClientEvent).validator
_STREAM = TypeAdapter(Event).validator
_PROPERTIES = {name: TypeAdapter(shape).validator for name, shape in properties.KNOWN.items()}
_FIELDS = (ClientEvent.__annotations__ | Event.__annotations__).keys()


def load(body: bytes) -> object:
    """Parse strict JSON: UTF-8, no NaN, no infinity, no lone surrogate, bounded depth.

    Raises:
        Rejected: with `invalid_encoding`, `too_deep` or `invalid_json`.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Rejected(_syntax_problem(body, error)) from error


def check_client_event(value: object) -> ClientEvent:
    """Check what a client sent.

    Raises:
        Rejected: with every problem found, up to `MAX_PROBLEMS`.
    """
    try:
        event: ClientEvent = _CLIENT.validate_python(_trimmed(value))
    except ValidationError as error:
        raise _rejected(value, error) from error
    check_properties(event["event_type"], event.get("properties", {}))
    return event


def check_event(value: object) -> Event:
    """Check what the stream carries, no matter who put it there.

    Raises:
        Rejected: with every problem found, up to `MAX_PROBLEMS`.
    """
    try:
        event: Event = _STREAM.validate_python(_trimmed(value))
    except ValidationError as error:
        raise _rejected(value, error) from error
    check_properties(event["event_type"], event["properties"])
    return event


def read(body: bytes) -> Event:
    """Parse and check what the stream carries, in one step.

    Raises:
        Rejected: as `load` and `check_event` do.
    """
    try:
        event: Event = _STREAM.validate_python(orjson.loads(body))
        known = _PROPERTIES.get(event["event_type"])
        if known is not None:
            known.validate_python(event["properties"])
    except ValueError:
        # Check again, the slow way that says what is wrong.
        return check_event(load(body))
    return event


def check_properties(event_type: str, values: dict[str, object]) -> None:
    """Check the properties of a known type; those of any other type are free.

    Raises:
        Rejected: with every problem found.
    """
    validator = _PROPERTIES.get(event_type)
    if validator is None:
        return
    try:
        validator.validate_python(values)
    except ValidationError as error:
        raise Rejected(*_problems(error, "properties")) from error


def dump(event: Event) -> bytes:
    """Write an event as the stream carries it.

    Raises:
        Rejected: nested too deep, or properties larger than `MAX_PROPERTIES_BYTES`.
    """
    try:
        written = orjson.dumps(event)
    except orjson.JSONEncodeError as error:
        message = "properties must not be nested deeper than 250 levels"
        raise Rejected(Problem("properties", Code.TOO_DEEP, message)) from error
    if len(written) > MAX_PROPERTIES_BYTES:
        check_size(event["properties"])
    return written


def check_size(values: dict[str, object]) -> None:
    """Check the size of properties.

    Raises:
        Rejected: they are larger than `MAX_PROPERTIES_BYTES` as JSON.
    """
    size = len(orjson.dumps(values))
    if size > MAX_PROPERTIES_BYTES:
        message = f"properties are {size:,} bytes of JSON; the maximum is {MAX_PROPERTIES_BYTES:,}"
        raise Rejected(Problem("properties", Code.PROPERTIES_TOO_LARGE, message))


def _syntax_problem(body: bytes, error: orjson.JSONDecodeError) -> Problem:
    # The parser allocates memory by the length of the text; only deep nesting needs more.
    if "depth limit" in error.msg or "memory" in error.msg:
        return Problem("", Code.TOO_DEEP, "the JSON is nested too deeply")
    if not _is_plain_utf8(body):
        return Problem(
            "", Code.INVALID_ENCODING, "the JSON must be UTF-8 without a byte order mark"
        )
    if not body:
        return Problem("", Code.INVALID_JSON, "the body is empty; JSON is required")
    where = f"line {error.lineno}, column {error.colno}"
    return Problem("", Code.INVALID_JSON, f"invalid JSON at {where}: {error.msg}")


def _is_plain_utf8(body: bytes) -> bool:
    try:
        start = body.decode()[:4]
    except UnicodeDecodeError:
        return False
    # UTF-16 of ASCII characters is valid UTF-8, every second one a NUL.
    return "\0" not in start and not start.startswith("\ufeff")


def _trimmed(value: object) -> object:
    """Keep only a few of many unknown fields: each would cost pydantic a kilobyte."""
    if not isinstance(value, dict) or len(value) <= len(_FIELDS) + MAX_PROBLEMS:
        return value
    unknown = islice((name for name in value if name not in _FIELDS), MAX_PROBLEMS)
    return {name: value[name] for name in (*(_FIELDS & value.keys()), *unknown)}


def _rejected(value: object, error: ValidationError) -> Rejected:
    found = _problems(error)
    match value:
        case {"event_type": str(event_type), "properties": dict(values)}:
            try:
                check_properties(event_type, values)
            except Rejected as rejected:
                found.extend(rejected.problems)
        case _:
            pass
    return Rejected(*found[:MAX_PROBLEMS])


def _problems(error: ValidationError, inside: str = "") -> list[Problem]:
    return wording.problems(error.errors(include_url=False, include_input=False), inside)
