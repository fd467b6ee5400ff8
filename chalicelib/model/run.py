"""One execution of the hourly rollup, as it is recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import orjson

type RunStatus = Literal["succeeded", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """`failed_hours` gives each hour's error; `error` is what ended the run before its hours.

    `str()` is the one line of JSON that a run logs.
    """

    name: str
    started_at: str
    recorded_at: str
    hours: Sequence[str]
    superseded_hours: Sequence[str]
    failed_hours: Mapping[str, str]
    records: int
    missing: int
    error: str | None

    @property
    def status(self) -> RunStatus:
        return "failed" if self.error or self.failed_hours else "succeeded"

    def to_json(self) -> dict[str, object]:
        """Return what a state machine may carry on: counts in place of lists."""
        return {
            "name": self.name,
            "status": self.status,
            "hours": len(self.hours),
            "superseded_hours": len(self.superseded_hours),
            "failed_hours": len(self.failed_hours),
            "records": self.records,
            "missing": self.missing,
        }

    def __str__(self) -> str:
        line = {"event": "rollup run recorded"} | self.to_json()
        if self.status == "failed":
            line |= {"error": self.error, "failed": dict(self.failed_hours)}
        return orjson.dumps(line).decode()
