"""The rollup, wired to the lake, the tables and the state machine."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

from chalicelib.aws.aggregates import DynamoAggregates
from chalicelib.aws.executions import StepFunctionsExecutions
from chalicelib.aws.experiment_list import DynamoExperimentList
from chalicelib.aws.hour_marks import DynamoHourMarks
from chalicelib.aws.live_counts import DynamoLiveCounts
from chalicelib.aws.objects import S3Objects
from chalicelib.aws.runs import DynamoRuns
from chalicelib.rollup import DetermineHours, RecordRun, StartHourlyRollup
from chalicelib.settings.rollup import RollupSettings
from chalicelib.wiring.world import in_parallel, now_ms

if TYPE_CHECKING:
    from chalicelib.rollup.roll_up_hour import RollUpHour


@dataclass(frozen=True)
class RollupWing:
    settings: RollupSettings

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None) -> Self:
        return cls(RollupSettings.from_env(env))

    @cached_property
    def start_hourly_rollup(self) -> StartHourlyRollup:
        return StartHourlyRollup(StepFunctionsExecutions.open(self.settings.rollup_state_machine))

    @cached_property
    def determine_hours(self) -> DetermineHours:
        return DetermineHours(DynamoHourMarks.open(self.settings.aggregates_table), now_ms)

    @cached_property
    def roll_up_hour(self) -> RollUpHour:
        # It loads pyarrow and numpy, which the functions of the other verbs do not have.
        from chalicelib.rollup.partials import Partials
        from chalicelib.rollup.roll_up_hour import RollUpHour

        settings = self.settings
        lake = S3Objects.open(settings.lake_bucket)
        return RollUpHour(
            marks=DynamoHourMarks.open(settings.aggregates_table),
            files=lake,
            objects=lake,
            live=DynamoLiveCounts.open(settings.metrics_table),
            aggregates=DynamoAggregates.open(settings.aggregates_table),
            partials=Partials(DynamoExperimentList.open(settings.experiments_table), lake),
            clock=now_ms,
            sleep=time.sleep,
            settle_s=settings.rollup_settle_s,
            read_each=in_parallel,
            max_types=settings.rollup_max_types,
        )

    @cached_property
    def record_run(self) -> RecordRun:
        return RecordRun(DynamoRuns.open(self.settings.aggregates_table), now_ms)
