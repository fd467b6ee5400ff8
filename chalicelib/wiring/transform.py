"""Transform, wired to the archive, the lake, the hour marks and the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from chalicelib.aws.hour_marks import DynamoHourMarks
from chalicelib.aws.ledger import DynamoBatchLedger
from chalicelib.aws.objects import S3Objects
from chalicelib.settings.transform import TransformSettings
from chalicelib.transform import Enrichment, TransformRaw
from chalicelib.wiring.world import in_parallel, now_ms


@dataclass(frozen=True)
class TransformWing:
    settings: TransformSettings

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None) -> Self:
        return cls(TransformSettings.from_env(env))

    @cached_property
    def transform_raw(self) -> TransformRaw:
        settings = self.settings
        return TransformRaw(
            raw=S3Objects.open(settings.raw_bucket),
            lake=S3Objects.open(settings.lake_bucket),
            marker=DynamoHourMarks.open(settings.aggregates_table),
            ledger=DynamoBatchLedger.open(settings.batches_table, settings.metrics_table),
            clock=now_ms,
            enrichment=Enrichment(
                amount_bounds=settings.amount_bounds,
                session_bounds_s=settings.session_bounds_s,
                metric_bounds=settings.metric_bounds,
            ),
            each=in_parallel,
        )
