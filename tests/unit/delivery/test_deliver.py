from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.delivery.deliver import Delivery
from chalicelib.delivery.outgoing import Outgoing
from chalicelib.errors import StoreUnavailable
from chalicelib.model.stored import StreamRecord
from tests.unit.ingest.builders import FakeTime, make_deliver, make_outgoing

type Reply = Callable[[Sequence[StreamRecord]], Sequence[int]]
BUDGET_S = 5.0
CALL_LIMIT_S = 2.0


def stores(_records: Sequence[StreamRecord]) -> Sequence[int]:
    return []


def refuses(*places: int) -> Reply:
    return lambda _records: list(places)


def refuses_all(records: Sequence[StreamRecord]) -> Sequence[int]:
    return list(range(len(records)))


def hangs(_records: Sequence[StreamRecord]) -> Sequence[int]:
    raise StoreUnavailable("timed out")


@dataclass
class ScriptedStreams:
    """Replies as told, the last reply for good; every call takes its time."""

    time: FakeTime
    replies: Sequence[Reply]
    call_s: float = 0.01
    puts: list[tuple[str, list[bytes]]] = field(default_factory=list)
    ends_s: list[float] = field(default_factory=list)

    def put(self, stream: str, records: Sequence[StreamRecord]) -> Sequence[int]:
        reply = self.replies[min(len(self.puts), len(self.replies) - 1)]
        self.puts.append((stream, [record.partition_key.encode() for record in records]))
        self.time.now_s += CALL_LIMIT_S if reply is hangs else self.call_s
        self.ends_s.append(self.time.now_s)
        return reply(records)


def deliver(
    *replies: Reply, streams: Sequence[str] = ("events",) * 3, jitter: float = 0.5
) -> tuple[Delivery, ScriptedStreams]:
    time = FakeTime()
    scripted = ScriptedStreams(time, replies)
    outgoing = {index: make_outgoing(index, stream) for index, stream in enumerate(streams)}
    return make_deliver(scripted, time, jitter=jitter)(outgoing), scripted


def test_what_is_stored_at_once_is_put_once() -> None:
    delivery, scripted = deliver(stores)

    assert delivery == Delivery(frozenset(), attempts=1, error=None)
    assert scripted.puts == [("events", [b"usr_0", b"usr_1", b"usr_2"])]
    assert scripted.time.pauses == []


def test_only_refused_records_are_put_again() -> None:
    delivery, scripted = deliver(refuses(0, 2), refuses(1), stores)

    assert delivery.failed == frozenset()
    assert [keys for _, keys in scripted.puts[1:]] == [[b"usr_0", b"usr_2"], [b"usr_2"]]


def test_a_call_of_unknown_outcome_is_put_again_whole() -> None:
    delivery, scripted = deliver(hangs, stores)

    assert delivery.failed == frozenset()
    assert scripted.puts[0] == scripted.puts[1]


def test_one_streams_failure_does_not_repeat_another_streams_records() -> None:
    delivery, scripted = deliver(refuses_all, stores, stores, streams=("events", "clicks"))

    assert delivery.failed == frozenset()
    assert [stream for stream, _ in scripted.puts] == ["events", "clicks", "events"]


def test_what_is_never_stored_is_reported_by_its_index() -> None:
    delivery, _ = deliver(refuses(1), refuses_all)

    assert delivery.failed == {1}


def test_an_outage_is_reported_with_its_reason() -> None:
    delivery, _ = deliver(hangs)

    assert delivery.failed == {0, 1, 2}
    assert delivery.error == "timed out"


def test_pauses_grow_up_to_a_second_and_are_spread_by_the_jitter() -> None:
    _, full = deliver(refuses_all, jitter=1.0)
    _, none = deliver(refuses(0), refuses(0), stores, jitter=0.0)

    assert full.time.pauses == [0.1, 0.2, 0.4, 0.8, 1.0]
    assert none.time.pauses == [0.0, 0.0]


def test_when_every_stream_hangs_the_budget_holds() -> None:
    delivery, scripted = deliver(hangs, streams=("events", "clicks", "checkouts"))

    assert delivery.failed == {0, 1, 2}
    assert scripted.ends_s[-1] - 1_000.0 <= BUDGET_S


def test_nothing_to_deliver_calls_nobody() -> None:
    delivery, scripted = deliver(stores, streams=())

    assert delivery == Delivery(frozenset(), attempts=0, error=None)
    assert scripted.puts == []


@st.composite
def refusals(draw: st.DrawFn) -> Reply:
    turned_away = draw(st.sets(st.integers(0, 5)))
    return lambda records: [place for place in range(len(records)) if place in turned_away]


@given(
    st.lists(st.just(stores) | st.just(hangs) | refusals(), min_size=1, max_size=12),
    st.lists(st.sampled_from(["events", "clicks", "checkouts"]), max_size=6),
    st.floats(0, 1),
)
def test_what_is_not_reported_as_failed_is_stored_and_the_budget_holds(
    replies: list[Reply], streams: list[str], jitter: float
) -> None:
    time = FakeTime()
    stored: set[bytes] = set()

    class Recording(ScriptedStreams):
        def put(self, stream: str, records: Sequence[StreamRecord]) -> Sequence[int]:
            refused = super().put(stream, records)
            stored.update(r.body for place, r in enumerate(records) if place not in refused)
            return refused

    scripted = Recording(time, [*replies, refuses_all])
    outgoing: dict[int, Outgoing] = {
        index: make_outgoing(index, stream) for index, stream in enumerate(streams)
    }

    delivery = make_deliver(scripted, time, jitter=jitter)(outgoing)

    reported = {outgoing[index].record.body for index in delivery.failed}
    assert stored.isdisjoint(reported)
    assert stored | reported == {event.record.body for event in outgoing.values()}
    assert all(end - 1_000.0 <= BUDGET_S for end in scripted.ends_s)
