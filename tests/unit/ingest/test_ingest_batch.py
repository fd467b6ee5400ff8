from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.ingest.answer import Answer
from chalicelib.model.code import Code
from tests.builders import NOON_MS, make_client_event
from tests.fakes import FakeStreams, Faults
from tests.unit.ingest.builders import NOON_TEXT, make_ingest_batch, make_request

BAD = make_client_event(source=1)


def identified(event_id: str, **changes: object) -> dict[str, object]:
    return make_client_event(event_id=event_id, timestamp=NOON_MS, **changes)


def ingest(events: object, streams: FakeStreams | None = None) -> tuple[Answer, dict[str, Any]]:
    answer = make_ingest_batch(streams or FakeStreams())(make_request(events))
    return answer, json.loads(answer.body)


def unable_to_store(*users: str) -> FakeStreams:
    return FakeStreams(refuses=lambda record: record.partition_key in users)


def test_a_batch_that_is_stored_whole_is_200() -> None:
    streams = FakeStreams()

    answer, content = ingest([identified("a"), identified("b", event_type="click")], streams)

    assert answer.status == 200
    assert content == {
        "accepted": 2,
        "duplicates": 0,
        "refused": 0,
        "failed": 0,
        "ingested_at": NOON_TEXT,
        "results": [
            {"index": 0, "status": "accepted", "event_id": "a", "timestamp": NOON_TEXT},
            {"index": 1, "status": "accepted", "event_id": "b", "timestamp": NOON_TEXT},
        ],
    }
    assert {stream: len(records) for stream, records in streams.records.items()} == {
        "events": 1,
        "clicks": 1,
    }


def test_one_bad_event_does_not_keep_out_the_others() -> None:
    answer, content = ingest([make_client_event(), BAD, "no event"])

    assert answer.status == 207
    assert (content["accepted"], content["refused"]) == (1, 2)
    assert [result["status"] for result in content["results"]] == [
        "accepted",
        "refused",
        "refused",
    ]
    assert [result["errors"][0]["code"] for result in content["results"][1:]] == [
        Code.WRONG_TYPE,
        Code.NOT_AN_OBJECT,
    ]
    assert [result["errors"][0]["index"] for result in content["results"][1:]] == [1, 2]


def test_a_batch_of_bad_events_is_400() -> None:
    answer, content = ingest([BAD, BAD])

    assert answer.status == 400
    assert content["refused"] == 2


def test_a_repeat_within_a_batch_is_reported_and_not_sent() -> None:
    streams = FakeStreams()

    answer, content = ingest([identified("b"), identified("a"), identified("a")], streams)

    assert answer.status == 200
    assert content["results"][2] == {
        "index": 2,
        "status": "duplicate",
        "event_id": "a",
        "duplicate_of": 1,
    }
    assert (content["accepted"], content["duplicates"]) == (2, 1)
    assert len(streams.records["events"]) == 2


def test_two_users_may_use_one_id() -> None:
    _, content = ingest([identified("a", user_id="usr_1"), identified("a", user_id="usr_2")])

    assert content["accepted"] == 2


def test_a_refused_event_does_not_make_its_repeat_a_duplicate() -> None:
    _, content = ingest([identified("a", source=1), identified("a")])

    assert [result["status"] for result in content["results"]] == ["refused", "accepted"]


def test_events_that_could_not_be_stored_are_retryable_beside_those_that_were() -> None:
    events = [identified("a", user_id="usr_1"), identified("b", user_id="usr_2")]

    answer, content = ingest(events, unable_to_store("usr_2"))

    assert answer.status == 207
    assert (content["accepted"], content["failed"]) == (1, 1)
    failed = content["results"][1]
    assert (failed["status"], failed["retryable"]) == ("failed", True)
    assert (failed["event_id"], failed["timestamp"]) == ("b", NOON_TEXT)
    assert failed["errors"][0]["code"] == Code.STORE_UNAVAILABLE


def test_a_batch_of_which_nothing_could_be_stored_is_503() -> None:
    answer, content = ingest(
        [identified("a"), identified("a"), BAD], FakeStreams(Faults(lambda: "fails_before"))
    )

    assert answer.status == 503
    assert int(str(answer.headers["Retry-After"])) > 0
    assert (content["accepted"], content["failed"]) == (0, 1)
    assert [result["status"] for result in content["results"]] == [
        "failed",
        "duplicate",
        "refused",
    ]


def test_a_call_whose_outcome_is_unknown_is_repeated_until_it_is_known() -> None:
    fates = iter(["fails_after"])
    streams = FakeStreams(Faults(lambda: next(fates, "works")))  # type: ignore[arg-type]  # a fate

    answer, _ = ingest([identified("a")], streams)

    assert answer.status == 200
    assert len(streams.records["events"]) == 2


def test_the_log_tells_figures_and_codes() -> None:
    answer, _ = ingest([identified("a"), identified("a"), BAD])

    assert answer.line == {
        "event": "events ingested",
        "status": 207,
        "accepted": 1,
        "duplicates": 1,
        "refused": 1,
        "failed": 0,
        "bytes": answer.line["bytes"],
        "attempts": 1,
        "codes": {"wrong_type": 1},
    }


def test_a_batch_refused_as_a_whole_is_logged_as_one_request() -> None:
    answer, content = ingest([make_client_event()] * 21)

    assert answer.status == 413
    assert content["errors"][0]["code"] == Code.TOO_MANY_EVENTS
    assert answer.line["refused_requests"] == 1


@pytest.mark.parametrize("unstorable", [r'"cut \ud83d"', "1e400"], ids=["surrogate", "too large"])
def test_an_event_that_can_not_be_stored_is_refused_in_its_place(unstorable: str) -> None:
    good = json.dumps(make_client_event())
    bad = good.replace('"/products/1"', unstorable)

    answer = make_ingest_batch(FakeStreams())(make_request(body=f"[{good}, {bad}, {good}]"))

    results = json.loads(answer.body)["results"]
    assert [result["status"] for result in results] == ["accepted", "refused", "accepted"]
    assert [error["index"] for error in results[1]["errors"]] == [1]
    assert results[1]["errors"][0]["code"] == Code.INVALID_JSON
