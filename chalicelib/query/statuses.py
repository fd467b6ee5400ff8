"""What each status of a route means."""

from __future__ import annotations

from typing import Any

from chalicelib.model.answers import (
    BatchAnswer,
    Errors,
    GatewayError,
    InternalError,
    Stored,
    Unstored,
)
from chalicelib.query.route import Answer

_BY_GATEWAY = (GatewayError,)
_FAULT = (InternalError, GatewayError)

_COMMON: dict[int, Answer] = {
    400: Answer("The request breaks a rule; `errors` has every problem.", (Errors,)),
    403: Answer("The key is missing, unknown, or of another scope.", (Errors, GatewayError)),
    429: Answer("The key's rate or quota is used up; try again later.", _BY_GATEWAY),
    500: Answer("A fault of the service.", _FAULT),
    502: Answer("The gateway got no answer that it could pass on; try again.", _BY_GATEWAY),
    504: Answer("The gateway waited for too long; try again.", _BY_GATEWAY),
}


def reading(shape: Any) -> dict[int, Answer]:
    return _COMMON | {
        200: Answer("What was found.", (shape,), ("ETag", "Cache-Control")),
        304: Answer("What `If-None-Match` names is still current.", (), ("ETag", "Cache-Control")),
        503: Answer("The data could not be read; try again.", (Errors,), ("Retry-After",)),
    }


def optional(shape: Any) -> dict[int, Answer]:
    """Return the answers of a reading route that not every stage has."""
    return reading(shape) | {404: Answer("The stage has no attribution.", (Errors,))}


_NO_EXPERIMENT = Answer("There is no such experiment.", (Errors,))


def reading_one(shape: Any) -> dict[int, Answer]:
    return reading(shape) | {404: _NO_EXPERIMENT}


def merging(shape: Any) -> dict[int, Answer]:
    """Return the answers of a route that reads rollups whole."""
    outdated = "A rollup of the range was stored by an earlier version; roll its hour up again."
    return reading(shape) | {409: Answer(outdated, (Errors,))}


_POSTING: dict[int, Answer] = _COMMON | {
    413: Answer("The body is too large, or holds too many events.", (Errors, GatewayError)),
    415: Answer("The body is not declared as JSON in UTF-8.", (Errors, GatewayError)),
}
STORING_ONE: dict[int, Answer] = _POSTING | {
    200: Answer("The event is stored.", (Stored,)),
    503: Answer("The event could not be stored; try again.", (Unstored, Errors), ("Retry-After",)),
}
STORING_MANY: dict[int, Answer] = _POSTING | {
    200: Answer("Every event is stored.", (BatchAnswer,)),
    207: Answer("Some events are stored; see `results`.", (BatchAnswer,)),
    400: Answer("No event is stored, and none could be.", (BatchAnswer, Errors)),
    503: Answer(
        "No event is stored, and at least one could be.", (BatchAnswer, Errors), ("Retry-After",)
    ),
}


def public(shape: Any) -> dict[int, Answer]:
    """Return the answers of a reading route that takes no key and reads no store."""
    without = {403, 503}
    return {status: answer for status, answer in reading(shape).items() if status not in without}


def free(shape: Any) -> dict[int, Answer]:
    """Return the answers of a route that can't be asked wrongly."""
    return {200: Answer("What was found.", (shape,))} | {
        status: answer for status, answer in _COMMON.items() if status >= 429
    }


_UNREAD = Answer(
    "The definition could not be read or stored; try again.", (Errors,), ("Retry-After",)
)


def defining(shape: Any) -> dict[int, Answer]:
    current = Answer("The definition as it is now.", (shape,), ("ETag",))
    return _POSTING | {
        200: current,
        201: Answer("The experiment is created.", (shape,), ("ETag",)),
        404: _NO_EXPERIMENT,
        409: Answer("The change is not allowed in the experiment's status.", (Errors,)),
        412: Answer("It exists already, or another version is current.", (Errors,)),
        413: Answer("The body is too large.", (Errors, GatewayError)),
        428: Answer("Neither `If-None-Match` nor `If-Match` was sent.", (Errors,)),
        503: _UNREAD,
    }


def assigning(shape: Any) -> dict[int, Answer]:
    return _POSTING | {
        200: Answer("The variant of each user.", (shape,)),
        404: _NO_EXPERIMENT,
        413: Answer("The body is too large.", (Errors, GatewayError)),
        503: _UNREAD,
    }
