"""Quarantined records, read from S3."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.archive.quarantine_line import QuarantineLine, prefix_of, read_all
from chalicelib.aws.objects import S3Objects
from chalicelib.aws.reads import CONFIG, ReadMeter
from chalicelib.aws.session import session
from chalicelib.model.hour import Hour


@dataclass(frozen=True, slots=True)
class S3QuarantineReader:
    objects: S3Objects
    meter: ReadMeter

    @classmethod
    def open(cls, bucket: str, meter: ReadMeter) -> S3QuarantineReader:
        return cls(S3Objects(session().client("s3", config=CONFIG), bucket), meter)

    def keys(self, hour: Hour) -> Sequence[str]:
        keys = self.objects.keys(prefix_of(hour))
        self.meter.add(0)
        return keys

    def records(self, key: str) -> Sequence[QuarantineLine]:
        body = self.objects.get(key).body
        self.meter.add(1)
        return read_all(body)
