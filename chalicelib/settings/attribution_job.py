"""Settings of the Spark jobs that attribute instead of the functions."""

from __future__ import annotations

from pydantic import Field

from chalicelib.settings.environment import EnvironmentSettings


class AttributionJobSettings(EnvironmentSettings):
    # Names of Glue jobs: the one that follows the streams, and the one for a range of the lake.
    attribution_stream_job: str
    attribution_range_job: str
    # How long the first may be stopped on purpose before that is an alarm: the streams keep
    # records for a day unless they are set to more.
    attribution_job_max_pause_s: float = Field(default=43_200.0, gt=0)
