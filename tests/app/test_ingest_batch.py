from __future__ import annotations

import json
import time

import pytest

from chalicelib.model.code import Code
from chalicelib.model.event import MAX_PROBLEMS
from chalicelib.model.wording import MAX_ESCAPED, MAX_FIELD
from chalicelib.settings.ingest import IngestSettings
from tests.app.api import Api, Reply, api_over
from tests.builders import make_client_event
from tests.fakes import FakeStreams

GOOD = make_client_event()
BAD = make_client_event(user_id=7)
# Beyond it Lambda drops the answer, and the client gets 502 for events that are stored.
LAMBDA_LIMIT = 6_291_556


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


def payload_of(reply: Reply) -> int:
    """Return the size of what Lambda gets, in which the body is escaped a second time."""
    response = {"statusCode": reply.status, "headers": {**reply.headers}, "body": reply.text}
    return len(json.dumps(response))


def answer_about(api: Api, rest_of_name: str) -> Reply:
    """Refuse as many events, each with as many problems, as one answer tells."""
    names = {f"{number}{rest_of_name}": 1 for number in range(MAX_PROBLEMS)}
    batch = [make_client_event(**names)] * IngestSettings.model_fields["max_batch_events"].default
    reply = api.send("/events/batch", json.dumps(batch, ensure_ascii=False))
    assert (reply.status, len(reply.codes)) == (400, 500 * MAX_PROBLEMS)
    return reply


@pytest.mark.parametrize(
    "rest_of_name",
    ["\1", '"', "\\", "\n", "\x7f", "ж", "😀", "x", '\1"😀'],
    ids=ascii,
)
def test_the_largest_answer_fits_what_lambda_may_return(api: Api, rest_of_name: str) -> None:
    reply = answer_about(api, rest_of_name * (MAX_FIELD // len(rest_of_name)))

    assert payload_of(reply) <= LAMBDA_LIMIT


def test_an_answer_fits_lambda_whatever_the_names_are(api: Api) -> None:
    reply = answer_about(api, "")

    # Each is told twice, as the field and in the message.
    names = 2 * len(reply.codes) * (MAX_ESCAPED + len(json.dumps("…")))
    assert payload_of(reply) + names <= LAMBDA_LIMIT
