"""Upkeep, wired to the lake and the hour marks."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

from chalicelib.aws.hour_marks import DynamoHourMarks
from chalicelib.aws.objects import S3Objects
from chalicelib.settings.upkeep import UpkeepSettings
from chalicelib.wiring.world import in_parallel, now_ms

if TYPE_CHECKING:
    from chalicelib.upkeep.seal_hour import SealHour


@dataclass(frozen=True)
class UpkeepWing:
    settings: UpkeepSettings

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None) -> Self:
        return cls(UpkeepSettings.from_env(env))

    @cached_property
    def seal_hour(self) -> SealHour:
        # It loads pyarrow, which the functions of other verbs of upkeep need not have.
        from chalicelib.upkeep.seal_hour import SealHour

        return SealHour(
            marks=DynamoHourMarks.open(self.settings.aggregates_table),
            files=S3Objects.open(self.settings.lake_bucket),
            clock=now_ms,
            new_stamp=lambda: uuid.uuid4().hex,
            read_each=in_parallel,
        )
