"""Settings of anomaly detection and alerts."""

from __future__ import annotations

from pydantic import Field

from chalicelib.settings.environment import EnvironmentSettings, Names, NumbersByName


class AnomalySettings(EnvironmentSettings):
    stage: str
    aggregates_table: str
    anomalies_table: str
    # An ARN contains account and region, which are unknown when packaging.
    alerts_topic: str = ""

    # In standard deviations; by series, as "checkout.latency=4,*.volume=5"; and the series that
    # never alert, as "heartbeat,*.latency".
    anomaly_threshold: float = 3.0
    anomaly_thresholds: NumbersByName = Field(default_factory=dict)
    anomaly_mutes: Names = frozenset()
