"""What a client may send to define an experiment, and to ask for assignments."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from pydantic import ConfigDict, Field, StringConstraints, with_config

from chalicelib.model.event import TYPE_FORMAT, UserId
from chalicelib.model.properties import Currency, Number

MAX_VARIANTS = 10
MAX_METRICS = 10
MAX_TYPES = 20
MAX_ASSIGNED = 200
MAX_USERS = 1_000
EXPERIMENT_ID = "[a-z0-9][a-z0-9_-]{0,63}"

_CLOSED = ConfigDict(extra="forbid", strict=True)

type Fraction = Annotated[Number, Field(ge=0, le=1)]
# Part of a counter's name, so letters, digits and underscores alone.
type VariantKey = Annotated[str, StringConstraints(pattern="^[A-Za-z0-9][A-Za-z0-9_]{0,31}$")]
type MetricKey = Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_]{0,63}$")]
# Not a colon, which separates it from what is hashed with it.
type Salt = Annotated[str, StringConstraints(pattern="^[A-Za-z0-9_.-]{1,64}$")]
type Name = Annotated[str, StringConstraints(min_length=1, max_length=128)]
# Not called as the shape of an answer is.
type NamedType = Annotated[str, TYPE_FORMAT]
type StatusName = Literal["draft", "running", "stopped"]


@with_config(_CLOSED)
class VariantBody(TypedDict):
    key: VariantKey
    weight: Fraction


@with_config(_CLOSED)
class MetricBody(TypedDict):
    """`property` is `amount`, with a currency, or `value`; a conversion has none."""

    key: MetricKey
    event_type: NamedType
    kind: NotRequired[Literal["conversion", "sum", "mean"]]
    property: NotRequired[Annotated[str, StringConstraints(max_length=64)] | None]
    currency: NotRequired[Currency | None]
    direction: NotRequired[Literal["increase", "decrease"]]


@with_config(_CLOSED)
class NamespaceBody(TypedDict):
    name: Salt
    range: Annotated[list[Fraction], Field(min_length=2, max_length=2)]


@with_config(_CLOSED)
class DefinitionBody(TypedDict):
    """A definition as a whole; what an answer adds may be sent back, and is ignored."""

    name: Name
    variants: Annotated[list[VariantBody], Field(min_length=2, max_length=MAX_VARIANTS)]
    control: VariantKey
    primary_metric: MetricBody
    hypothesis: NotRequired[Annotated[str, StringConstraints(max_length=2_048)]]
    status: NotRequired[StatusName]
    coverage: NotRequired[Fraction]
    salt: NotRequired[Salt]
    namespace: NotRequired[NamespaceBody | None]
    secondary_metrics: NotRequired[Annotated[list[MetricBody], Field(max_length=MAX_METRICS)]]
    guardrails: NotRequired[Annotated[list[MetricBody], Field(max_length=MAX_METRICS)]]
    target_lift: NotRequired[Annotated[Number, Field(gt=0, le=10)] | None]
    planned_users: NotRequired[Annotated[int, Field(ge=1, le=1_000_000_000)] | None]
    planned_days: NotRequired[Annotated[int, Field(ge=1, le=365)] | None]
    horizon_hours: NotRequired[Annotated[int, Field(ge=1, le=2_160)] | None]
    pre_period_hours: NotRequired[Annotated[int, Field(ge=0, le=720)]]
    enriched_types: NotRequired[Annotated[list[NamedType], Field(max_length=MAX_TYPES)]]
    assigned: NotRequired[Annotated[dict[UserId, VariantKey], Field(max_length=MAX_ASSIGNED)]]
    experiment_id: NotRequired[object]
    version: NotRequired[object]
    updated_at: NotRequired[object]
    started: NotRequired[object]
    stopped: NotRequired[object]


@with_config(_CLOSED)
class UsersBody(TypedDict):
    user_ids: Annotated[list[UserId], Field(min_length=1, max_length=MAX_USERS)]
