"""Process, wired to the archive and the ledger."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Self

from chalicelib.aws.experiments import DynamoExperiments
from chalicelib.aws.ledger import DynamoBatchLedger
from chalicelib.aws.objects import S3Objects
from chalicelib.model.identifier import RANDOM_BITS
from chalicelib.process import Limits, ProcessBatch
from chalicelib.process.enrich_records import EnrichRecords
from chalicelib.settings.process import ProcessSettings
from chalicelib.wiring.world import now_ms


@dataclass(frozen=True)
class ProcessWing:
    settings: ProcessSettings

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None) -> Self:
        return cls(ProcessSettings.from_env(env))

    @cached_property
    def process_batch(self) -> ProcessBatch:
        settings = self.settings
        return ProcessBatch(
            archive=S3Objects.open(settings.raw_bucket),
            ledger=DynamoBatchLedger.open(settings.batches_table, settings.metrics_table),
            clock=now_ms,
            sleep=time.sleep,
            jitter=random.random,
            entropy=partial(random.SystemRandom().getrandbits, RANDOM_BITS),
            limits=Limits(
                max_bytes=settings.max_object_bytes, max_records=settings.max_object_records
            ),
            reserve_ms=round(settings.commit_reserve_s * 1000),
            enrich=EnrichRecords(
                experiments=DynamoExperiments.open(settings.experiments_table),
                clock=now_ms,
                fresh_ms=round(settings.experiments_fresh_s * 1000),
            ),
        )
