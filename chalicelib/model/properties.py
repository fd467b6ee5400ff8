"""Typed, bounded properties of the known event types; any other property is free."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from chalicelib.model.currency import CURRENCIES
from chalicelib.model.facts import MAX_AMOUNT
from chalicelib.model.latency import MAX_MS


def _known_currency(code: str) -> str:
    if code.upper() not in CURRENCIES:
        raise PydanticCustomError("not_allowed", "not a currency code of ISO 4217")
    return code


def _number(value: object) -> object:
    """Refuse true and false, which pydantic takes for numbers even where it is strict."""
    if value is True or value is False:
        raise PydanticCustomError("float_type", "not a number")
    return value


type Number = Annotated[float, BeforeValidator(_number)]
type Text64 = Annotated[str, StringConstraints(min_length=1, max_length=64)]
type Text256 = Annotated[str, StringConstraints(min_length=1, max_length=256)]
type Text2048 = Annotated[str, StringConstraints(max_length=2048)]
type Milliseconds = Annotated[Number, Field(ge=0, le=MAX_MS)]
type Amount = Annotated[Number, Field(ge=-MAX_AMOUNT, le=MAX_AMOUNT)]
type Currency = Annotated[str, AfterValidator(_known_currency)]


class Common(TypedDict, total=False):
    __pydantic_config__ = ConfigDict(extra="allow", strict=True)  # type: ignore[misc]  # pydantic's own spelling

    latency_ms: Milliseconds
    duration_ms: Milliseconds
    # JSON has one kind of number: 503.0 is 503.
    status_code: Annotated[Number, Field(ge=100, le=599, multiple_of=1)]
    error: bool


class PageView(Common):
    page: Annotated[str, StringConstraints(min_length=1, max_length=2048)]
    referrer: NotRequired[Text2048]


class Click(Common):
    page: NotRequired[Text2048]
    element: NotRequired[Text256]
    click_id: NotRequired[Text64]
    campaign: NotRequired[Text256]


class Checkout(Common):
    checkout_id: NotRequired[Text64]
    amount: NotRequired[Amount]
    currency: NotRequired[Currency]


class Payment(Common):
    amount: Amount
    currency: Currency


class UserAction(Common):
    action: Text256
    session_duration: NotRequired[Annotated[Number, Field(ge=0, le=MAX_MS / 1000)]]


class Metric(Common):
    name: Text256
    value: Number


class SystemEvent(Common):
    severity: Literal["debug", "info", "warning", "error", "critical"]


class Error(Common):
    message: NotRequired[Text2048]


class Exposure(Common):
    experiment_id: Text64
    variant: Text64


class Conversion(Common):
    experiment_id: NotRequired[Text64]
    metric: NotRequired[Text64]
    value: NotRequired[Number]


KNOWN: dict[str, type[Common]] = {
    "page_view": PageView,
    "click": Click,
    "checkout": Checkout,
    "purchase": Payment,
    "transaction": Payment,
    "user_action": UserAction,
    "metric": Metric,
    "system_event": SystemEvent,
    "error": Error,
    "exposure": Exposure,
    "conversion": Conversion,
}
