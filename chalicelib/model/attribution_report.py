"""What is asked of attribution's database about a range of time, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, NamedTuple, Self

WHOLE_CREDIT = 1_000_000_000
# Places of rows that are not one group's.
OTHERS = 0
UNATTRIBUTED = -1


class Model(StrEnum):
    """How the credit of a checkout is shared among the clicks in the window before it."""

    FIRST_CLICK = "first_click"
    LAST_CLICK = "last_click"
    LINEAR = "linear"
    POSITION_BASED = "position_based"
    TIME_DECAY = "time_decay"


class GroupBy(StrEnum):
    CAMPAIGN = "campaign"
    SOURCE = "source"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportQuestion:
    """Checkouts from `first_ms` to before `end_ms`; `most` groups are shown by name."""

    model: Model
    group_by: GroupBy
    first_ms: int
    end_ms: int
    half_life_ms: int
    most: int

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        enums = {"model": Model(content["model"]), "group_by": GroupBy(content["group_by"])}
        return cls(**{**content, **enums})


class GroupRow(NamedTuple):
    """One group, all others together, or the unattributed, by `place`.

    Credits are in billionths of a checkout, and revenue in micros by currency. The name is empty
    for clicks without a campaign. Times are whole seconds from click to checkout, weighted by
    credit, None without any.
    """

    place: int
    name: str | None
    n_groups: int
    clicks: int
    credit_nanos: int
    final_nanos: int
    revenue_micros: Mapping[str, int]
    median_s: int | None
    p90_s: int | None


@dataclass(frozen=True, slots=True)
class GroupedCredits:
    """The largest group first. Checkouts up to `final_until_ms` are final, none if it is None."""

    rows: Sequence[GroupRow]
    final_until_ms: int | None

    def to_json(self) -> dict[str, Any]:
        return {"rows": [[*row] for row in self.rows], "final_until_ms": self.final_until_ms}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        return cls([GroupRow(*row) for row in content["rows"]], content["final_until_ms"])
