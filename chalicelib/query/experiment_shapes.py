"""The shapes of answers about experiments, for mypy to check and for the OpenAPI document."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from pydantic import Field

from chalicelib.model.answers import Count, Instant
from chalicelib.model.assignment import Reason
from chalicelib.model.definition import Definition
from chalicelib.model.experiment import Status


class Experiments(TypedDict):
    experiments: Annotated[list[Definition], Field(description="In order of their ids.")]


class UserAssignment(TypedDict):
    """`variant` is null for a user who doesn't take part, and `reason` says why."""

    experiment_id: str
    version: int
    user_id: str
    variant: str | None
    reason: Reason


class UserAssignments(TypedDict):
    experiment_id: str
    version: int
    status: Status
    assignments: Annotated[
        dict[str, str | None],
        Field(description="By user; null for one who doesn't take part."),
    ]


class VariantLive(TypedDict):
    """Records of the event types that the experiment names, repeats among them.

    Conversions are those of the primary metric's event type.
    """

    variant: str
    events: Count
    conversions: Count


ExperimentLiveRow = TypedDict(
    "ExperimentLiveRow", {"from": Instant, "to": Instant, "variants": list[VariantLive]}
)
ExperimentLive = TypedDict(
    "ExperimentLive",
    {
        "experiment_id": str,
        "from": Instant,
        "to": Instant,
        "by": Literal["hour", "day"],
        "rows": Annotated[
            list[ExperimentLiveRow],
            Field(description="The oldest first; hours and days without records are left out."),
        ],
        "total": Annotated[list[VariantLive], Field(description="Of the whole range.")],
    },
)
