"""The shapes of answers about experiments, for mypy to check and for the OpenAPI document."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from pydantic import Field

from chalicelib.model.answers import Count, Instant
from chalicelib.model.assignment import Reason
from chalicelib.model.definition import Definition
from chalicelib.model.experiment import Status
from chalicelib.model.experiment_results import Verdict


class ListedVerdict(TypedDict):
    """`variant` is null where the verdict is about the experiment as a whole."""

    verdict: Verdict
    variant: str | None
    sentence: str
    computed_at: Instant


class Experiments(TypedDict):
    experiments: Annotated[list[Definition], Field(description="In order of their ids.")]
    verdicts: Annotated[
        dict[str, ListedVerdict],
        Field(description="By experiment; those without results yet have none."),
    ]


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

    Conversions are those of the primary metric's event type. `users_estimate` says about how many
    users these records have, each counted once in the row; it is null where that isn't known of
    all records. Never check the split with it: that takes the exact numbers of the results.
    """

    variant: str
    events: Count
    conversions: Count
    users_estimate: Count | None


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
        "users_relative_error": Annotated[
            float,
            Field(
                description="The standard error of `users_estimate`: two thirds of all estimates"
                " are off by less, and nineteen of twenty by less than twice as much."
            ),
        ],
        "rows": Annotated[
            list[ExperimentLiveRow],
            Field(description="The oldest first; hours and days without records are left out."),
        ],
        "total": Annotated[list[VariantLive], Field(description="Of the whole range.")],
    },
)
