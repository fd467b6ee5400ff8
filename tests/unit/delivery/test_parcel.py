from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.delivery.outgoing import Outgoing
from chalicelib.delivery.parcel import MAX_BYTES, MAX_RECORDS, Parcel, parcels
from tests.unit.ingest.builders import make_outgoing

MEGABYTE = 1024 * 1024
sendings = st.lists(
    st.builds(
        make_outgoing,
        st.integers(0, 9),
        st.sampled_from(["events", "clicks", "checkouts"]),
        st.sampled_from([10, 10, 10, MEGABYTE, 3 * MEGABYTE]),
    ),
    max_size=30,
)


def test_events_of_one_stream_go_in_one_call() -> None:
    outgoing = dict(enumerate([make_outgoing(0), make_outgoing(1, "clicks"), make_outgoing(2)]))

    assert parcels(outgoing, outgoing) == [Parcel("events", [0, 2]), Parcel("clicks", [1])]


def test_only_the_named_events_go() -> None:
    outgoing = dict(enumerate([make_outgoing(0), make_outgoing(1), make_outgoing(2)]))

    assert parcels(outgoing, [2]) == [Parcel("events", [2])]


def test_a_call_takes_500_records() -> None:
    outgoing = {index: make_outgoing(index) for index in range(MAX_RECORDS + 1)}

    assert [len(parcel.indexes) for parcel in parcels(outgoing, outgoing)] == [500, 1]


@settings(deadline=None, max_examples=50)
@given(sendings)
def test_every_event_goes_once_in_order_and_within_a_calls_limits(events: list[Outgoing]) -> None:
    outgoing = dict(enumerate(events))

    packed = parcels(outgoing, outgoing)

    for stream in ("events", "clicks", "checkouts"):
        mine = [index for index, event in outgoing.items() if event.stream == stream]
        assert [i for parcel in packed if parcel.stream == stream for i in parcel.indexes] == mine
    for parcel in packed:
        records = [outgoing[index].record for index in parcel.indexes]
        assert sum(len(r.body) + len(r.partition_key) for r in records) <= MAX_BYTES
