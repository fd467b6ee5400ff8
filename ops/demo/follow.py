"""Wait until every accepted record has been processed, according to the ledger."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from ops.kit.errors import OperationFailed
from ops.local.cloud import Cloud

STALLED_S = 60.0
POLL_S = 0.4


@dataclass(frozen=True, slots=True)
class Account:
    """What has been done according to the ledger, in records."""

    processed: int = 0
    archived: int = 0
    quarantined: int = 0
    transformed: int = 0

    def is_settled(self, accepted: int) -> bool:
        return self.processed >= accepted and self.transformed >= self.archived


def read_account(cloud: Cloud) -> Account:
    """Sum the ledger; of an object that was transformed repeatedly, the last time counts."""
    pages = cloud.client("dynamodb").get_paginator("scan")
    processed = archived = quarantined = 0
    last: dict[str, tuple[str, int]] = {}
    for page in pages.paginate(TableName=cloud.names.table("batches"), ConsistentRead=True):
        for item in page["Items"]:
            if "stage" not in item:
                continue
            good = int(item["success_records"]["N"])
            if item["stage"]["S"] == "transform":
                at = item["processed_at"]["S"], good
                last[item["batch_id"]["S"]] = max(at, last.get(item["batch_id"]["S"], at))
                continue
            processed += int(item["total_records"]["N"])
            archived += good
            quarantined += int(item["failed_records"]["N"])
    transformed = sum(rows for _, rows in last.values())
    return Account(processed, archived, quarantined, transformed)


def follow(
    cloud: Cloud, accepted: int, show: Callable[[Account], None], patience_s: float = STALLED_S
) -> Account:
    """Return once every accepted record is archived or quarantined, and all of raw is in the lake.

    Raises:
        OperationFailed: the pipeline has stalled.
    """
    account, moved_at = Account(), time.monotonic()
    while not account.is_settled(accepted):
        seen = read_account(cloud)
        if seen != account:
            account, moved_at = seen, time.monotonic()
            show(account)
        elif time.monotonic() - moved_at > patience_s:
            raise OperationFailed(
                f"The pipeline has stalled for {patience_s:.0f} s: {account.processed:,} of"
                f" {accepted:,} accepted records were processed, and {account.transformed:,} of"
                f" {account.archived:,} archived records are in the lake.",
                f"See `python -m ops status` and the log {cloud.log_file}.",
            )
        else:
            time.sleep(POLL_S)
    return account
