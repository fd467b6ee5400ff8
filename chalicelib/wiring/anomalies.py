"""Anomaly detection and alerts, wired to the tables and the topic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from chalicelib.anomalies import DeploymentNames, JudgeHours, PublishAlerts, Rules
from chalicelib.aws.aggregates import DynamoAggregates
from chalicelib.aws.alerts import SnsAlerts
from chalicelib.aws.anomalies import DynamoAnomalies
from chalicelib.aws.hour_marks import DynamoHourMarks
from chalicelib.settings.anomalies import AnomalySettings
from chalicelib.wiring.world import now_ms


@dataclass(frozen=True)
class AnomaliesWing:
    settings: AnomalySettings

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None) -> Self:
        return cls(AnomalySettings.from_env(env))

    @cached_property
    def judge_hours(self) -> JudgeHours:
        settings = self.settings
        return JudgeHours(
            marks=DynamoHourMarks.open(settings.aggregates_table),
            figures=DynamoAggregates.open(settings.aggregates_table),
            anomalies=DynamoAnomalies.open(settings.anomalies_table),
            clock=now_ms,
            rules=Rules(
                settings.anomaly_threshold, settings.anomaly_thresholds, settings.anomaly_mutes
            ),
        )

    @cached_property
    def publish_alerts(self) -> PublishAlerts:
        settings = self.settings
        return PublishAlerts(
            anomalies=DynamoAnomalies.open(settings.anomalies_table),
            publisher=SnsAlerts.open(settings.alerts_topic),
            clock=now_ms,
            deployment=DeploymentNames(
                settings.stage, settings.aggregates_table, settings.anomalies_table
            ),
        )
