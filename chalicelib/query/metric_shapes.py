"""The shapes of answers about metrics, for mypy to check and for the OpenAPI document."""

from __future__ import annotations

from typing import Annotated, NotRequired, TypedDict

from pydantic import Field

from chalicelib.model.answers import Count, Instant

type Share = Annotated[float, Field(ge=0, le=1)]
type Milliseconds = Annotated[float, Field(ge=0)]
type NextCursor = Annotated[
    str | None, Field(description="The `cursor` of the next page; null on the last one.")
]


class Latency(TypedDict):
    """Of the events that have a latency.

    `relative_error` bounds the error of the percentiles, relative to their value; 0 means exact.
    """

    count: Count
    mean_ms: Milliseconds
    min_ms: NotRequired[Milliseconds]
    max_ms: NotRequired[Milliseconds]
    p50_ms: Milliseconds
    p90_ms: Milliseconds
    p95_ms: Milliseconds
    p99_ms: Milliseconds
    relative_error: Share


class Amount(TypedDict):
    """Amounts of one currency; `total_micros` is exact, in millionths of its unit."""

    count: Count
    total_micros: int
    total: float


type Amounts = Annotated[dict[str, Amount], Field(description="By ISO 4217 currency code.")]


class Reconciliation(TypedDict):
    """Records counted live against rows in the lake.

    `expected` and `missing` are null where the counters had expired.
    """

    expected: Count | None
    found: Count
    duplicates: Count
    missing: Count | None


# `from` is a keyword, so that the shapes that have it can't be classes.
MetricsRow = TypedDict(
    "MetricsRow",
    {
        "event_type": str,
        "from": Instant,
        "to": Instant,
        "final": Annotated[
            bool,
            Field(
                description="Every hour of the row is over and rolled up, and none waits to be"
                " rolled up again. Events that arrive late can still change it."
            ),
        ],
        "hours": Annotated[int, Field(ge=1, description="Hours that had such events.")],
        "events": Count,
        "users": Count,
        "users_relative_error": Annotated[
            float, Field(ge=0, description="The standard error of `users`; 0 means exact.")
        ],
        "errors": Count,
        "error_rate": Share,
        "latency": Latency | None,
        "amounts": Amounts,
        "reconciliation": Reconciliation,
    },
)
Metrics = TypedDict(
    "Metrics",
    {
        "from": Instant,
        "to": Instant,
        "by": str,
        "rows": Annotated[
            list[MetricsRow],
            Field(description="By time; within a period `_all` first, and then the busiest type."),
        ],
        "hours_not_rolled_up": Annotated[
            list[Instant],
            Field(description="Hours of the range that are over and have no rollup."),
        ],
        "unknown_event_types": Annotated[
            list[str],
            Field(description="Event types that were asked for and do not occur in the range."),
        ],
        "next_cursor": NextCursor,
    },
)

LiveRow = TypedDict(
    "LiveRow",
    {
        "event_type": str,
        "from": Instant,
        "to": Instant,
        "records": Annotated[int, Field(ge=0, description="Records, repeats among them.")],
        "errors": Count,
        "error_rate": Share,
        "latency": Latency | None,
        "amounts": Amounts,
    },
)
LiveMetrics = TypedDict(
    "LiveMetrics",
    {
        "from": Instant,
        "to": Instant,
        "by": str,
        "rows": Annotated[
            list[LiveRow],
            Field(
                description="Where something was counted, by time; within a minute or hour `_all`"
                " first, and then the busiest type."
            ),
        ],
        "next_cursor": NextCursor,
    },
)


class EventType(TypedDict):
    """What occurred of one event type; `share` is its part of all events.

    `_other` stands for the smallest types of hours that have too many.
    """

    event_type: str
    events: Count
    errors: Count
    share: Share
    newest_hour: Instant


EventTypes = TypedDict(
    "EventTypes",
    {
        "from": Instant,
        "to": Instant,
        "event_types": Annotated[list[EventType], Field(description="The busiest first.")],
        "total": Annotated[int, Field(ge=0, description="All event types, shown or not.")],
    },
)
