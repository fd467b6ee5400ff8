"""The local cloud knows the conditional writes that keep attempts at a shard apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from chalicelib.archive.objects import packed
from chalicelib.aws.ledger import DynamoBatchLedger
from chalicelib.aws.objects import S3Objects
from chalicelib.errors import ClaimLost
from chalicelib.model.ledger import Claim, Commit
from chalicelib.process.archive_objects import ArchiveObjects
from ops.local.cloud import Cloud
from tests.contract.test_batch_ledger import make_row
from tests.e2e.test_least_privilege import acting_as

pytestmark = pytest.mark.e2e

SHARD = "fence-shardId-000000000000"
# In the quarantine, of which transform is not notified.
KEY = "quarantine/fence.json.gz"
SHORT, LONG = packed(KEY, b"1\n", 1), packed(KEY, b"1\n2\n", 2)
FIRST, SECOND = (Claim(SHARD, name, "2") for name in ("first", "second"))


@dataclass
class Fenced:
    """What process does with its role, and what it leaves behind."""

    objects: S3Objects
    ledger: DynamoBatchLedger

    @property
    def archive(self) -> ArchiveObjects:
        return ArchiveObjects(self.objects, self.ledger)


@pytest.fixture
def fenced(cloud: Cloud) -> Iterator[Fenced]:
    session, names = acting_as(cloud, "process_events"), cloud.names
    batches, metrics = names.table("batches"), names.table("metrics")
    yield Fenced(
        S3Objects(session.client("s3"), names.raw_bucket),
        DynamoBatchLedger(session.client("dynamodb"), batches, metrics),
    )
    cloud.client("s3").delete_object(Bucket=names.raw_bucket, Key=KEY)
    for item in (f"checkpoint#{SHARD}", "checkpoint"), ("b1", make_row().processed_at):
        key = dict(zip(("batch_id", "processed_at"), ({"S": part} for part in item), strict=True))
        cloud.client("dynamodb").delete_item(TableName=batches, Key=key)


def make_commit(claim: Claim) -> Commit:
    row = make_row(shard_id=SHARD)
    return Commit(claim=claim, read_checkpoint=None, new_checkpoint="1", counters={}, row=row)


def test_an_attempt_that_was_overtaken_writes_and_commits_nothing(fenced: Fenced) -> None:
    fenced.ledger.claim(FIRST)
    fenced.archive(FIRST, [LONG])
    fenced.ledger.claim(SECOND)
    fenced.archive(SECOND, [SHORT])

    with pytest.raises(ClaimLost):
        fenced.archive(FIRST, [LONG])
    with pytest.raises(ClaimLost):
        fenced.ledger.commit(make_commit(FIRST))

    fenced.ledger.commit(make_commit(SECOND))
    etag = fenced.objects.etag(KEY)
    assert fenced.objects.replace_all([LONG], {KEY: '"0cc175b9c0f1b6a831c399e269772661"'}) == [
        LONG
    ]
    assert fenced.objects.etags([KEY]) == {KEY: etag}
    assert fenced.ledger.claim(FIRST).checkpoint == "1"
