"""The arguments of a run that attributes a range of the lake."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from chalicelib.model import instant
from chalicelib.model.attribution_report import Model


class BackfillTarget(StrEnum):
    """Where the credits go; `compare` only reports how they differ from PostgreSQL's."""

    POSTGRES = "postgres"
    LAKE = "lake"
    COMPARE = "compare"


def backfill_arguments(asked: Mapping[str, Any]) -> dict[str, str]:
    """Check what was asked for, and return it as the job takes it.

    Raises:
        ValueError: says which argument is wrong.

    >>> backfill_arguments({"from": "2026-11-01T00:00:00Z", "to": "2026-11-02T00:00:00Z"})["FROM"]
    '2026-11-01T00:00:00.000Z'
    """
    first, end = _instant(asked, "from"), _instant(asked, "to")
    if end <= first:
        raise ValueError("to must be after from")
    target = _one_of(BackfillTarget, asked, "target", BackfillTarget.POSTGRES)
    if target is BackfillTarget.LAKE and (first % instant.DAY_MS or end % instant.DAY_MS):
        raise ValueError("target lake replaces whole days: from and to must be midnights in UTC")
    model = _one_of(Model, asked, "model", Model.FIRST_CLICK)
    return {
        "FROM": instant.to_text(first),
        "TO": instant.to_text(end),
        "TARGET": target.value,
        "MODEL": model.value,
    }


def _instant(asked: Mapping[str, Any], name: str) -> int:
    try:
        return instant.parse(str(asked[name]))
    except (KeyError, ValueError) as error:
        raise ValueError(f"{name} must be an instant such as 2026-11-01T00:00:00Z") from error


def _one_of[E: StrEnum](kind: type[E], asked: Mapping[str, Any], name: str, default: E) -> E:
    try:
        return kind(asked.get(name, default))
    except ValueError as error:
        raise ValueError(f"{name} must be one of {', '.join(kind)}") from error
