"""Every reason for quarantine, each produced by a record of the stream."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.archive.record import Record, Shard, above, by_shard
from chalicelib.archive.screen_record import Accepted, Quarantined, Screened, accept, screen
from chalicelib.model import instant
from chalicelib.model.code import API_ONLY, Code
from chalicelib.model.marks import Enrich
from tests.builders import NOON_MS, SHARD, STREAM, make_event, make_record
from tests.poison import POISON


def parsed(raw: Mapping[str, object]) -> tuple[Record, Shard]:
    [(shard, raws)] = by_shard([raw]).items()
    [record] = above(None, raws)
    return record, shard


def screened(body: bytes | dict[str, object], **kwargs: object) -> Screened:
    record = make_record(1, body, **kwargs)  # type: ignore[arg-type]  # keywords of the builder
    return screen(*parsed(record), accept)


@pytest.mark.parametrize("code", POISON, ids=str)
def test_a_record_is_quarantined_with_its_reason_and_its_bytes(code: Code) -> None:
    outcome = screened(POISON[code])

    assert isinstance(outcome, Quarantined)
    assert outcome.code is code
    line = json.loads(outcome.line)
    body = POISON[code]
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    assert (line["code"], base64.b64decode(line["payload"])) == (code, sent)
    assert (line["stage"], line["stream"], line["shard_id"]) == ("process", STREAM, SHARD)
    assert line["reason"]


def test_a_record_on_which_our_own_code_fails_is_quarantined_too() -> None:
    def broken(payload: bytes, record: Record, shard: Shard, enrich: Enrich | None) -> Accepted:
        raise ZeroDivisionError

    outcome = screen(*parsed(make_record(1)), broken)

    assert isinstance(outcome, Quarantined)
    assert outcome.code is Code.INTERNAL_ERROR


def test_every_code_is_produced_here_or_is_the_apis_alone() -> None:
    assert set(Code) == set(POISON) | API_ONLY | {Code.INTERNAL_ERROR}


@given(st.binary(max_size=200))
def test_any_bytes_are_accepted_or_quarantined(body: bytes) -> None:
    assert isinstance(screened(body), Accepted | Quarantined)


def test_a_raw_line_has_its_typed_head_first_and_its_free_tail_last() -> None:
    outcome = screened(make_event(properties={"page": "/", "latency_ms": 12, "amount": 3}))

    assert isinstance(outcome, Accepted)
    line = json.loads(outcome.line)
    assert list(line) == [
        *("event_id", "event_type", "source", "user_id", "session_id", "timestamp"),
        *("ingested_at", "latency_ms", "amount", "currency", "value", "is_error"),
        *("kinesis", "properties"),
    ]
    assert (line["latency_ms"], line["amount"], line["currency"]) == (12.0, 3.0, None)
    assert line["properties"] == {"page": "/", "latency_ms": 12, "amount": 3}
    assert line["kinesis"] == {
        "stream": STREAM,
        "shard_id": SHARD,
        "sequence_number": "1".zfill(56),
        "partition_key": "usr_1",
        "arrived_at": instant.to_text(NOON_MS + 3_000),
    }


@pytest.mark.parametrize(
    ("age_ms", "is_recent"), [(0, True), (86_399_000, True), (86_401_000, False)]
)
def test_only_an_event_younger_than_a_day_is_counted_by_the_minute(
    age_ms: int, is_recent: bool
) -> None:
    event = make_event(timestamp=instant.to_text(NOON_MS - age_ms))

    outcome = screened(event, arrived_ms=NOON_MS)

    assert isinstance(outcome, Accepted)
    assert outcome.is_recent is is_recent
