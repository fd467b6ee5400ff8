"""Whether batches that Lambda abandoned still wait to be replayed."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.archive import replayable
from chalicelib.aws.objects import S3Objects
from chalicelib.replay import notes
from ops.stage.target import Target

# As Lambda lays out what it writes.
_PREFIX = "aws/lambda/"


def abandoned(target: Target) -> Iterator[str]:
    bucket = target.names.failures_bucket
    objects = S3Objects(target.session.client("s3"), bucket)
    waiting = [key for key in objects.keys(_PREFIX) if not _is_replayed(objects, key)]
    if waiting:
        yield (
            f"{len(waiting)} batches abandoned by Lambda wait in bucket {bucket},"
            f" the first as {waiting[0]}"
        )


def _is_replayed(objects: S3Objects, key: str) -> bool:
    """Whether every record of a batch is noted as replayed."""
    noted = notes.read(objects, key)
    if not noted:
        return False
    return all(one.name in noted for one in replayable.abandoned(objects.get(key).body))
