"""The Spark jobs of attribution, wired to Glue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from chalicelib.attribution.answer_command import AnswerCommand
from chalicelib.attribution.control_job import ControlJob, Controlled
from chalicelib.attribution.watch_job import WatchJob
from chalicelib.aws.job_runs import GlueJobRuns
from chalicelib.settings.attribution_job import AttributionJobSettings
from chalicelib.wiring.world import now_ms


@dataclass(frozen=True)
class AttributionJobWing:
    settings: AttributionJobSettings

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None) -> Self:
        return cls(AttributionJobSettings.from_env(env))

    @cached_property
    def control_attribution_job(self) -> AnswerCommand:
        job = self.settings.attribution_range_job
        range_ = ControlJob(job, GlueJobRuns.open(job))
        return AnswerCommand(self._stream, range_, self.watch_attribution_job)

    @cached_property
    def watch_attribution_job(self) -> WatchJob:
        max_pause_ms = round(self.settings.attribution_job_max_pause_s * 1000)
        return WatchJob(self._stream.runs, now_ms, max_pause_ms)

    @cached_property
    def start_attribution_job(self) -> Callable[[], Controlled]:
        return self._stream.start

    @cached_property
    def stop_attribution_job(self) -> Callable[[], Controlled]:
        return self._stream.stop

    @cached_property
    def _stream(self) -> ControlJob:
        job = self.settings.attribution_stream_job
        return ControlJob(job, GlueJobRuns.open(job))
