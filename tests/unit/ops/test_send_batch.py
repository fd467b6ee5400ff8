"""A batch on its way: what is sent again, how often, and what is said in the end."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import pytest

from chalicelib.traffic.stories import Event
from ops.kit.errors import OperationFailed
from ops.traffic.sending.reply import Reply
from ops.traffic.sending.send_batch import SendBatch
from tests.builders import NOON_MS, make_client_event

EVENTS = [make_client_event(user_id=f"usr_{n}") for n in range(3)]
THROTTLED = Reply(429, '{"message": "Too Many Requests"}')


def said(*statuses: str, status: int = 200, retry_after: str | None = None) -> Reply:
    results = [{"index": n, "status": one} for n, one in enumerate(statuses)]
    return Reply(status, json.dumps({"results": results}), retry_after)


@dataclass
class Server:
    """Gives one reply after the other, and the last one for ever; time passes in pauses alone."""

    replies: list[Reply]
    requests: list[list[Event]] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    n_pauses: float = float("inf")

    def exchange(self, body: bytes) -> Reply:
        self.requests.append(json.loads(body))
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    def pause(self, seconds: float) -> bool:
        self.pauses.append(seconds)
        return len(self.pauses) <= self.n_pauses

    @property
    def send(self) -> SendBatch:
        return SendBatch(
            exchange=self.exchange,
            pause=self.pause,
            jitter=lambda: 1.0,
            clock=lambda: NOON_MS,
            max_attempts=4,
        )


def statuses(results: object) -> list[str]:
    assert isinstance(results, list)
    return [result["status"] for result in results]


def test_what_is_answered_for_is_not_sent_again() -> None:
    server = Server([said("accepted", "duplicate", "refused", status=207)])

    sent = server.send(EVENTS)

    assert statuses(sent.results) == ["accepted", "duplicate", "refused"]
    assert (sent.retries, sent.error, len(server.requests)) == (0, None, 1)


def test_only_the_events_that_failed_are_sent_again_each_keeping_its_place() -> None:
    server = Server(
        [said("failed", "accepted", "failed", status=207), said("refused", "accepted")]
    )

    sent = server.send(EVENTS)

    assert server.requests == [EVENTS, [EVENTS[0], EVENTS[2]]]
    assert statuses(sent.results) == ["refused", "accepted", "accepted"]
    assert (sent.retries, sent.error) == (1, None)


@pytest.mark.parametrize(
    "refusal", [THROTTLED, Reply(503, "<html>"), Reply(None, "reset by peer")]
)
def test_a_request_that_was_not_served_is_sent_again_whole(refusal: Reply) -> None:
    server = Server([refusal, refusal, said(*["accepted"] * 3)])

    sent = server.send(EVENTS)

    assert server.requests == [EVENTS] * 3
    assert server.pauses == [0.1, 0.2]
    assert statuses(sent.results) == ["accepted"] * 3
    assert sent.retries == 2


def test_the_pause_is_the_one_that_the_server_wishes() -> None:
    failed = said(*["failed"] * 3, status=503, retry_after="2")
    server = Server([failed, said(*["accepted"] * 3)])

    server.send(EVENTS)

    assert server.pauses == [2.1]


def test_attempts_are_bounded_and_the_reason_is_told() -> None:
    server = Server([THROTTLED])

    sent = server.send(EVENTS)

    assert len(server.requests) == 4
    assert statuses(sent.results) == ["failed"] * 3
    assert sent.retries == 3
    assert "429" in str(sent.error)


def test_who_is_told_to_stop_gives_up_what_is_pending() -> None:
    server = Server([said("accepted", "failed", "failed", status=207)], n_pauses=0)

    sent = server.send(EVENTS)

    assert len(server.requests) == 1
    assert statuses(sent.results) == ["accepted", "failed", "failed"]


@pytest.mark.parametrize("status", [400, 403, 413, 200])
def test_an_answer_that_stays_as_it_is_ends_everything(status: int) -> None:
    server = Server([Reply(status, '{"message": "Forbidden"}')])

    with pytest.raises(OperationFailed, match=str(status)):
        server.send(EVENTS)

    assert len(server.requests) == 1


def test_retries_on_the_other_side_are_counted_too() -> None:
    reply = Reply(200, said(*["accepted"] * 3).text, retries=2)

    assert Server([reply]).send(EVENTS).retries == 2
