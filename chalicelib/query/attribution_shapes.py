"""The shapes of answers about attribution, for mypy to check and for the OpenAPI document."""

from __future__ import annotations

from typing import Annotated, TypedDict

from pydantic import Field

from chalicelib.model.answers import Count, Instant
from chalicelib.query.metric_shapes import Share

type Checkouts = Annotated[
    float, Field(ge=0, description="Checkouts by credit, which may be fractional.")
]


class Revenue(TypedDict):
    """Revenue in one currency; `total_micros` is exact, in millionths of its unit."""

    total_micros: int
    total: float


type RevenueByCurrency = Annotated[
    dict[str, Revenue], Field(description="By ISO 4217 currency code.")
]


class TimeToConversion(TypedDict):
    """From click to checkout in whole seconds, weighted by credit."""

    median_s: Count
    p90_s: Count


class Credited(TypedDict):
    """What some clicks are credited with.

    `share` is the part of all checkouts of the range. `conversion_rate` is conversions per click
    of the range, null without clicks; a click can lead to several checkouts.
    """

    conversions: Checkouts
    share: Share
    final_conversions: Checkouts
    revenue: RevenueByCurrency
    clicks: Count
    conversion_rate: Annotated[float | None, Field(ge=0)]
    time_to_conversion: TimeToConversion | None


class CreditedGroup(Credited):
    """One campaign or source; `group` is null for clicks without a campaign."""

    group: str | None


class OtherGroups(Credited):
    """The groups that are not shown, added up."""

    groups: Annotated[int, Field(ge=1)]


class Unattributed(TypedDict):
    """Checkouts without a click in the window before them."""

    conversions: Checkouts
    share: Share
    final_conversions: Checkouts
    revenue: RevenueByCurrency


class AllCheckouts(TypedDict):
    checkouts: Count
    final_checkouts: Count
    revenue: RevenueByCurrency
    clicks: Count
    groups: Count


Attribution = TypedDict(
    "Attribution",
    {
        "from": Instant,
        "to": Instant,
        "model": str,
        "half_life_ms": Annotated[
            int | None, Field(ge=1, description="Of the model `time_decay`, null for others.")
        ],
        "group_by": str,
        "groups": Annotated[
            list[CreditedGroup], Field(description="The one with the most conversions first.")
        ],
        "other": OtherGroups | None,
        "unattributed": Unattributed,
        "total": AllCheckouts,
        "final_until": Annotated[
            Instant | None,
            Field(
                description="Checkouts up to this instant are final: in the ordinary course"
                " nothing changes them any more. Null while nothing is final."
            ),
        ],
    },
)
