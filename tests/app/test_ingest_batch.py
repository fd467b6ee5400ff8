from __future__ import annotations

import json
import time

import pytest

from chalicelib.model.code import Code
from tests.app.api import Api, api_over
from tests.builders import make_client_event
from tests.fakes import FakeStreams

GOOD = make_client_event()
BAD = make_client_event(user_id=7)


@pytest.mark.parametrize(
    "batch", [[GOOD, GOOD], {"events": [GOOD, GOOD]}], ids=["array", "object"]
)
def test_a_batch_of_good_events_is_200(api: Api, batch: object) -> None:
    reply = api.post("/events/batch", batch)

    assert reply.status == 200
    assert reply.content["accepted"] == 2
    assert len(api.streams.records["eventstream-local-events"]) == 2


def test_a_batch_of_good_and_bad_events_is_207(api: Api) -> None:
    reply = api.post("/events/batch", [GOOD, BAD])

    assert (reply.status, reply.codes) == (207, [Code.WRONG_TYPE])


def test_a_batch_of_bad_events_is_400(api: Api) -> None:
    reply = api.post("/events/batch", [BAD])

    assert (reply.status, reply.codes) == (400, [Code.WRONG_TYPE])


def test_an_empty_batch_is_400(api: Api) -> None:
    reply = api.post("/events/batch", [])

    assert (reply.status, reply.codes) == (400, [Code.EMPTY_BATCH])


def test_a_batch_of_500_events_is_taken_and_of_501_is_413(api: Api) -> None:
    assert api.post("/events/batch", [GOOD] * 500).content["accepted"] == 500
    reply = api.post("/events/batch", [GOOD] * 501)
    assert (reply.status, reply.codes) == (413, [Code.TOO_MANY_EVENTS])


def test_a_body_beyond_the_limit_is_413(api: Api) -> None:
    reply = api.send("/events/batch", " " * (4 * 1024 * 1024 + 1))

    assert (reply.status, reply.codes) == (413, [Code.BODY_TOO_LARGE])


def test_content_other_than_json_is_415(api: Api) -> None:
    reply = api.post("/events/batch", [GOOD], {"Content-Type": "application/x-ndjson"})

    assert (reply.status, reply.codes) == (415, [Code.UNSUPPORTED_MEDIA_TYPE])


def test_a_repeat_within_a_request_is_reported(api: Api) -> None:
    now_ms = time.time_ns() // 1_000_000
    event = make_client_event(event_id="mine", timestamp=now_ms)

    reply = api.post("/events/batch", [event, event])

    assert reply.status == 200
    assert reply.content["results"][1]["status"] == "duplicate"
    assert reply.content["results"][1]["duplicate_of"] == 0


def test_a_batch_of_which_some_could_not_be_stored_is_207() -> None:
    streams = FakeStreams(refuses=lambda record: record.partition_key == "usr_2")
    with api_over(streams) as api:
        reply = api.post("/events/batch", [GOOD, make_client_event(user_id="usr_2")])

    assert (reply.status, reply.codes) == (207, [Code.STORE_UNAVAILABLE])
    assert reply.content["results"][1]["retryable"] is True


def test_a_batch_of_which_nothing_could_be_stored_is_503() -> None:
    with api_over(FakeStreams(refuses=lambda _record: True)) as api:
        reply = api.post("/events/batch", [GOOD, BAD])

    assert reply.status == 503
    assert reply.codes == [Code.STORE_UNAVAILABLE, Code.WRONG_TYPE]
    assert int(reply.headers["Retry-After"]) > 0


def test_the_largest_answer_fits_what_lambda_may_return(api: Api) -> None:
    hopeless = {"x" * 700 + str(number): number for number in range(12)}

    reply = api.send("/events/batch", json.dumps([hopeless] * 480))

    assert reply.status == 400
    assert len(reply.text) < 6 * 1024 * 1024
