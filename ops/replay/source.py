"""Where records to replay are stored: the quarantine, and the batches that Lambda abandoned."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chalicelib.archive import quarantine_line
from chalicelib.archive.replayable import Replayable, abandoned, quarantined
from chalicelib.aws.objects import S3Objects
from chalicelib.model.hour import Hour
from chalicelib.model.period import Period
from ops.kit.hours import within
from ops.reach import Reached

# Lambda's own layout: event source, shard and day are folders, and the moment begins the name.
FAILURES_PREFIX = "aws/lambda/"
_MOMENT = re.compile(r"/(\d{4}-\d\d-\d\dT\d\d)\.[^/]*$")


@dataclass(frozen=True, slots=True)
class Source:
    objects: S3Objects
    keys: Callable[[Period], Sequence[str]]
    read: Callable[[bytes], Sequence[Replayable]]


def quarantine(stage: Reached) -> Source:
    objects = S3Objects(stage.session.client("s3"), stage.names.raw_bucket)

    def keys(period: Period) -> Sequence[str]:
        return [*within(objects.keys(quarantine_line.PREFIX), quarantine_line.PREFIX, period)]

    return Source(objects, keys, quarantined)


def failures(stage: Reached) -> Source:
    objects = S3Objects(stage.session.client("s3"), stage.names.failures_bucket)

    def keys(period: Period) -> Sequence[str]:
        return [key for key in objects.keys(FAILURES_PREFIX) if written_in(key, period)]

    return Source(objects, keys, abandoned)


def written_in(key: str, period: Period) -> bool:
    """Whether Lambda wrote the object in these hours.

    >>> day = Period(Hour.parse("2026-11-21T00"), Hour.parse("2026-11-22T00"))
    >>> name = "shardId-000000000000/2026/11/21/2026-11-21T10.04.05-5f3c"
    >>> written_in(f"aws/lambda/1f0a/{name}", day)
    True
    """
    found = _MOMENT.search(key)
    return found is not None and Hour.of_text(found[1]) in period
