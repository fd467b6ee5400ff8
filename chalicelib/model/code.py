"""The closed vocabulary of reasons why a request or an event is refused or quarantined."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple


class Code(StrEnum):
    """Stable, machine-readable; clients and replay scripts branch on these."""

    INVALID_ENCODING = "invalid_encoding"
    INVALID_JSON = "invalid_json"
    NOT_AN_OBJECT = "not_an_object"
    TOO_DEEP = "too_deep"
    MISSING_FIELD = "missing_field"
    UNKNOWN_FIELD = "unknown_field"
    WRONG_TYPE = "wrong_type"
    WRONG_FORMAT = "wrong_format"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    OUT_OF_RANGE = "out_of_range"
    NOT_ALLOWED = "not_allowed"
    EVENT_TYPE_NOT_ALLOWED = "event_type_not_allowed"
    PROPERTIES_TOO_LARGE = "properties_too_large"
    TIMESTAMP_INVALID = "timestamp_invalid"
    TIMESTAMP_REQUIRED = "timestamp_required"
    TIMESTAMP_IN_FUTURE = "timestamp_in_future"
    TIMESTAMP_TOO_OLD = "timestamp_too_old"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    BODY_TOO_LARGE = "body_too_large"
    EMPTY_BATCH = "empty_batch"
    TOO_MANY_EVENTS = "too_many_events"
    KEY_MISSING = "key_missing"
    KEY_UNKNOWN = "key_unknown"
    SCOPE_NOT_ALLOWED = "scope_not_allowed"
    UNKNOWN_PARAMETER = "unknown_parameter"
    REPEATED_PARAMETER = "repeated_parameter"
    INVALID_RANGE = "invalid_range"
    RANGE_TOO_WIDE = "range_too_wide"
    INVALID_CURSOR = "invalid_cursor"
    ATTRIBUTION_OFF = "attribution_off"
    PRECONDITION_REQUIRED = "precondition_required"
    VERSION_CONFLICT = "version_conflict"
    EXPERIMENT_EXISTS = "experiment_exists"
    EXPERIMENT_NOT_FOUND = "experiment_not_found"
    WEIGHTS_DO_NOT_SUM = "weights_do_not_sum"
    REPEATED_KEY = "repeated_key"
    UNKNOWN_VARIANT = "unknown_variant"
    UNKNOWN_PROPERTY = "unknown_property"
    INCONSISTENT_METRIC = "inconsistent_metric"
    STATUS_CHANGE_NOT_ALLOWED = "status_change_not_allowed"
    CHANGED_WHILE_RUNNING = "changed_while_running"
    COVERAGE_LOWERED = "coverage_lowered"
    NAMESPACE_TAKEN = "namespace_taken"
    TOO_MANY_RUNNING = "too_many_running"
    ROLLUP_OUTDATED = "rollup_outdated"
    STORE_UNAVAILABLE = "store_unavailable"
    INTERNAL_ERROR = "internal_error"


# Reasons that concern a whole request, or the time at which it is sent.
API_ONLY = frozenset(
    {
        Code.EVENT_TYPE_NOT_ALLOWED,
        Code.TIMESTAMP_REQUIRED,
        Code.TIMESTAMP_IN_FUTURE,
        Code.TIMESTAMP_TOO_OLD,
        Code.UNSUPPORTED_MEDIA_TYPE,
        Code.BODY_TOO_LARGE,
        Code.EMPTY_BATCH,
        Code.TOO_MANY_EVENTS,
        Code.KEY_MISSING,
        Code.KEY_UNKNOWN,
        Code.SCOPE_NOT_ALLOWED,
        Code.UNKNOWN_PARAMETER,
        Code.REPEATED_PARAMETER,
        Code.INVALID_RANGE,
        Code.RANGE_TOO_WIDE,
        Code.INVALID_CURSOR,
        Code.ATTRIBUTION_OFF,
        Code.PRECONDITION_REQUIRED,
        Code.VERSION_CONFLICT,
        Code.EXPERIMENT_EXISTS,
        Code.EXPERIMENT_NOT_FOUND,
        Code.WEIGHTS_DO_NOT_SUM,
        Code.REPEATED_KEY,
        Code.UNKNOWN_VARIANT,
        Code.UNKNOWN_PROPERTY,
        Code.INCONSISTENT_METRIC,
        Code.STATUS_CHANGE_NOT_ALLOWED,
        Code.CHANGED_WHILE_RUNNING,
        Code.COVERAGE_LOWERED,
        Code.NAMESPACE_TAKEN,
        Code.TOO_MANY_RUNNING,
        Code.ROLLUP_OUTDATED,
        Code.STORE_UNAVAILABLE,
    }
)
# At the API a bug of ours is a status 500, which Chalice answers.
STREAM_ONLY = frozenset({Code.INTERNAL_ERROR})


class Problem(NamedTuple):
    """Why one event is refused; `field` is a dotted path, empty for the whole."""

    field: str
    code: Code
    message: str


def errors_of(problems: Iterable[Problem], index: int | None) -> list[dict[str, object]]:
    """Return problems as an answer has them; `index` is the event's, None of a whole request."""
    return [
        {"index": index, "field": field, "code": code, "message": message}
        for field, code, message in problems
    ]
