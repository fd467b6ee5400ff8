"""The result of sealing one hour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from chalicelib.model.hour import Hour
from chalicelib.model.measure import Measure

# `whole` hours had no small file; `large` ones have files that need no sealing.
type Status = Literal["sealed", "whole", "large", "not over"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealing:
    """`files` small files went into the sealed file; `kept` of them were rewritten meanwhile."""

    hour: Hour
    status: Status
    files: int = 0
    kept: int = 0
    records: int = 0
    bytes: int = 0

    def to_json(self) -> dict[str, object]:
        return {
            "window_start": self.hour.window_start,
            "status": self.status,
            "files": self.files,
            "kept": self.kept,
            "records": self.records,
            "bytes": self.bytes,
        }

    @property
    def line(self) -> Mapping[str, object]:
        return {"event": "hour sealed"} | self.to_json()

    @property
    def measures(self) -> Mapping[Measure, float]:
        # Failures are counted for the whole run; the rest is in the log, which costs less.
        return {}
