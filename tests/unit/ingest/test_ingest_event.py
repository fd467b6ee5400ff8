from __future__ import annotations

import json

from chalicelib.model.code import Code
from tests.builders import make_client_event
from tests.fakes import FakeStreams, Faults
from tests.unit.ingest.builders import NOON_TEXT, make_ingest_event, make_request


def outage() -> FakeStreams:
    return FakeStreams(Faults(lambda: "fails_before"))


def test_a_stored_event_is_answered_with_its_identity() -> None:
    streams = FakeStreams()

    answer = make_ingest_event(streams)(make_request(make_client_event()))

    [record] = streams.records["events"]
    assert answer.status == 200
    assert json.loads(answer.body) == {
        "event_id": json.loads(record.body)["event_id"],
        "timestamp": NOON_TEXT,
        "ingested_at": NOON_TEXT,
    }


def test_a_refused_event_is_answered_with_its_problems_and_stored_nowhere() -> None:
    streams = FakeStreams()

    answer = make_ingest_event(streams)(make_request(make_client_event(user_id=7)))

    assert answer.status == 400
    assert json.loads(answer.body)["errors"] == [
        {
            "index": 0,
            "field": "user_id",
            "code": Code.WRONG_TYPE,
            "message": "user_id must be text",
        }
    ]
    assert streams.records == {}


def test_a_request_refused_as_a_whole_has_no_index() -> None:
    answer = make_ingest_event(FakeStreams())(make_request(body="{"))

    assert json.loads(answer.body)["errors"][0]["index"] is None


def test_an_event_that_could_not_be_stored_is_answered_with_what_makes_its_repeat_safe() -> None:
    answer = make_ingest_event(outage())(make_request(make_client_event()))

    content = json.loads(answer.body)
    assert answer.status == 503
    assert int(str(answer.headers["Retry-After"])) > 0
    assert content["retryable"] is True
    assert content["timestamp"] == NOON_TEXT
    assert content["event_id"]
    assert content["errors"][0]["code"] == Code.STORE_UNAVAILABLE


def test_the_log_tells_figures_codes_and_the_stores_reason_and_nothing_of_the_sender() -> None:
    secret = make_client_event(user_id="secret", properties={"page": "secret"})
    request = make_request(secret)
    stored = make_ingest_event(FakeStreams())(request)
    refused = make_ingest_event(FakeStreams())(make_request(secret | {"secret": "secret"}))
    failed = make_ingest_event(outage())(make_request(secret))

    lines = [answer.line for answer in (stored, refused, failed)]
    assert lines[0] == {
        "event": "events ingested",
        "status": 200,
        "accepted": 1,
        "bytes": len(request["body"]),
        "attempts": 1,
    }
    assert lines[1]["codes"] == {"unknown_field": 1}
    assert lines[2]["store_error"] == "fails_before"
    assert "secret" not in str(lines)
