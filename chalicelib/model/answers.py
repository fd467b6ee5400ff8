"""The shapes of answers that are not the read side's: errors, and what ingest and health say."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from pydantic import Field

from chalicelib.model.code import Code

type Instant = Annotated[
    str, Field(json_schema_extra={"format": "date-time"}, examples=["2026-11-21T10:00:00.000Z"])
]
type Count = Annotated[int, Field(ge=0)]


class Error(TypedDict):
    """One problem of a request.

    `index` is the event's place in the request, null when the request as a whole is at fault;
    `field` is a dotted path or a parameter's name, empty when no single field is at fault.
    """

    index: int | None
    field: str
    code: Code
    message: str


class Errors(TypedDict):
    errors: Annotated[list[Error], Field(min_length=1)]


class GatewayError(TypedDict):
    """An answer of API Gateway itself."""

    message: str | None


class InternalError(TypedDict):
    """A fault of the service."""

    Code: str
    Message: str


class Health(TypedDict):
    status: Literal["ok"]
    stage: str


class Stored(TypedDict):
    """The event is stored, with this identity."""

    event_id: str
    timestamp: Instant
    ingested_at: Instant


class Unstored(TypedDict):
    """The event was not stored; send it again with this identity."""

    event_id: str
    timestamp: Instant
    errors: list[Error]
    retryable: Literal[True]


class Accepted(TypedDict):
    index: Count
    status: Literal["accepted"]
    event_id: str
    timestamp: Instant


class Duplicate(TypedDict):
    """The same user's event of the same id is earlier in the batch, at `duplicate_of`."""

    index: Count
    status: Literal["duplicate"]
    event_id: str
    duplicate_of: Count


class Refused(TypedDict):
    """The event breaks a rule."""

    index: Count
    status: Literal["refused"]
    errors: list[Error]


class Failed(TypedDict):
    """The event could not be stored; send it again with this identity."""

    index: Count
    status: Literal["failed"]
    event_id: str
    timestamp: Instant
    errors: list[Error]
    retryable: Literal[True]


class BatchAnswer(TypedDict):
    """How many events had which result, and the result of each."""

    accepted: Count
    duplicates: Count
    refused: Count
    failed: Count
    ingested_at: Instant
    results: list[
        Annotated[Accepted | Duplicate | Refused | Failed, Field(discriminator="status")]
    ]
