"""A producer that bypasses the API and writes malformed records to a stream."""

from __future__ import annotations

from collections.abc import Sequence

from ops.local.cloud import Cloud

_NO_SUCH_DAY = (
    b'{"event_id": "e1", "event_type": "sign_up", "source": "legacy", "user_id": "u1",'
    b' "timestamp": "2026-02-31T10:00:00.000Z", "ingested_at": "2026-02-28T10:00:00.000Z",'
    b' "properties": {}}'
)
RECORDS = (
    b"not JSON at all",
    b'{"event_type": "click", "amount": NaN}',
    b"\xff\xfe\x00",
    b"[]",
    b'{"event_type": "page_view", "source": "legacy", "user_id": "u1"}',
    _NO_SUCH_DAY,
)


def bypass(cloud: Cloud, copies: int = 4) -> int:
    """Put malformed records into the events stream; return how many."""
    records: Sequence[bytes] = RECORDS * copies
    answer = cloud.client("kinesis").put_records(
        StreamName=cloud.names.stream("events"),
        Records=[{"Data": body, "PartitionKey": str(n)} for n, body in enumerate(records)],
    )
    return len(records) - answer["FailedRecordCount"]
