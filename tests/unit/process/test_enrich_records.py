from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.model.assignment import assign
from chalicelib.model.experiment import EFFECTIVE_AFTER_MS, MAX_RUNNING, Experiment, Status
from chalicelib.model.instant import DAY_MS, HOUR_MS
from chalicelib.model.marks import UNKNOWN, Marks
from chalicelib.process import Limits, ProcessBatch
from chalicelib.process.enrich_records import PAUSE_MS, EnrichRecords
from chalicelib.process.process_batch import enriches_nothing
from tests.builders import NOON_MS, make_event, make_experiment, make_record
from tests.fakes import FakeExperiments, FakeLedger, FakeObjects

FRESH_MS = 60_000


@dataclass
class World:
    store: FakeExperiments = field(default_factory=FakeExperiments)
    now_ms: int = NOON_MS

    def __post_init__(self) -> None:
        self.enrich = self.container()

    def container(self) -> EnrichRecords:
        return EnrichRecords(experiments=self.store, clock=lambda: self.now_ms, fresh_ms=FRESH_MS)

    def mark(
        self,
        arrived_ms: int = NOON_MS,
        user: str = "usr_1",
        event_type: str = "purchase",
        by: EnrichRecords | None = None,
    ) -> Marks | None:
        record: Mapping[str, Any] = make_record(arrived_ms=arrived_ms)
        enrich = (by or self.enrich)([record])
        marked = None if enrich is None else enrich(event_type, user, arrived_ms)
        return None if marked is None else marked[0]

    def variants(self, arrived_ms: int = NOON_MS, **more: Any) -> dict[str, str] | None:
        marks = self.mark(arrived_ms, **more)
        return None if marks is None else {**marks.experiments}


def world_of(*experiments: Experiment) -> World:
    return World(FakeExperiments.of(*experiments))


def unavailable(world: World) -> None:
    world.store.faults.next_fate = lambda: "fails_before"


def test_an_event_gets_the_variants_of_its_user() -> None:
    one, other = make_experiment(), make_experiment(experiment_id="price", salt="price")
    world = world_of(one, other)

    for user in ("usr_1", "usr_2", "usr_3"):
        expected = {x.experiment_id: assign(x, user).variant for x in (one, other)}
        assert world.variants(user=user) == expected


@pytest.mark.parametrize(
    ("event_type", "is_named"),
    [("purchase", True), ("exposure", True), ("page_view", True), ("click", False)],
)
def test_only_events_of_types_that_an_experiment_names_are_marked(
    event_type: str, is_named: bool
) -> None:
    world = world_of(make_experiment(enriched_types=("page_view",)))

    assert (world.mark(event_type=event_type) is not None) == is_named


def test_who_takes_part_in_nothing_is_not_marked() -> None:
    assert world_of(make_experiment(coverage=0)).mark() is None


@pytest.mark.parametrize("status", [Status.DRAFT, Status.STOPPED])
def test_without_a_running_experiment_there_is_nothing_to_do(status: Status) -> None:
    world = world_of(make_experiment(status=status))

    assert world.enrich([make_record(arrived_ms=NOON_MS)]) is None


def test_definitions_are_read_once_while_they_are_fresh() -> None:
    world = world_of(make_experiment())
    for seconds in range(0, 60, 5):
        world.now_ms = NOON_MS + seconds * 1_000
        world.mark(world.now_ms)
    assert world.store.reads == 1

    world.now_ms = NOON_MS + FRESH_MS
    world.mark(world.now_ms)
    assert world.store.reads == 2


def changed(experiment: Experiment, at_ms: int, **changes: Any) -> Experiment:
    version = experiment.version + 1
    return replace(experiment, version=version, updated_at_ms=at_ms, **changes)


def test_a_change_counts_for_records_that_arrive_after_it_takes_effect() -> None:
    first = make_experiment(coverage=0)
    second = changed(first, NOON_MS, coverage=10_000)
    world = world_of(first, second)
    world.now_ms = NOON_MS + HOUR_MS
    effective_ms = NOON_MS + EFFECTIVE_AFTER_MS

    assert world.mark(effective_ms - 1) is None
    assert world.mark(effective_ms) is not None


def test_a_stop_takes_effect_for_late_retries_as_it_did_at_first() -> None:
    first = make_experiment()
    world = world_of(first, changed(first, NOON_MS, status=Status.STOPPED))
    world.now_ms = NOON_MS + DAY_MS

    assert world.mark(NOON_MS + EFFECTIVE_AFTER_MS - 1) is not None
    assert world.mark(NOON_MS + EFFECTIVE_AFTER_MS) is None


changes = st.lists(
    st.tuples(st.integers(1, 400_000), st.sampled_from([0, 2_000, 10_000])), max_size=5
)


@given(changes, st.integers(-100_000, 900_000), st.data())
def test_whoever_meets_a_record_whenever_marks_it_alike(
    steps: list[tuple[int, int]], arrived: int, data: st.DataObject
) -> None:
    """One container has read the definitions a while ago, another reads them much later."""
    arrived_ms = NOON_MS + arrived
    versions = [make_experiment(coverage=5_000)]
    for wait_ms, coverage in steps:
        at_ms = max(NOON_MS, versions[-1].updated_at_ms) + wait_ms
        versions.append(changed(versions[-1], at_ms, coverage=coverage))
    read_ms = arrived_ms - data.draw(st.integers(0, FRESH_MS - 1), label="read before")
    early = world_of(*[one for one in versions if one.updated_at_ms <= read_ms])
    early.now_ms = read_ms
    early.enrich([make_record()])
    early.now_ms = arrived_ms
    late = world_of(*versions)
    late.now_ms = arrived_ms + 7 * DAY_MS

    for user in ("usr_1", "usr_2", "usr_3", "usr_4"):
        assert early.variants(arrived_ms, user=user) == late.variants(arrived_ms, user=user)


def test_definitions_that_can_not_be_read_mark_the_event() -> None:
    world = world_of(make_experiment())
    unavailable(world)

    assert world.mark() is UNKNOWN[0]


def test_an_outage_is_met_once_in_a_while_and_ends() -> None:
    world = world_of(make_experiment())
    unavailable(world)
    for _ in range(5):
        world.mark()
    assert world.store.reads == 1

    world.store.faults.next_fate = lambda: "works"
    world.now_ms += PAUSE_MS
    assert world.variants() == {"button": assign(make_experiment(), "usr_1").variant}


def test_what_was_read_before_an_outage_holds_until_a_change_could_be_in_effect() -> None:
    world = world_of(make_experiment())
    world.mark()
    unavailable(world)
    world.now_ms = NOON_MS + HOUR_MS

    assert world.mark(NOON_MS + EFFECTIVE_AFTER_MS - 1) is not UNKNOWN[0]
    assert world.mark(NOON_MS + EFFECTIVE_AFTER_MS) is UNKNOWN[0]


def test_an_outage_without_experiments_is_no_different() -> None:
    world = world_of()
    world.mark()
    unavailable(world)
    world.now_ms = NOON_MS + HOUR_MS

    assert world.mark(NOON_MS + EFFECTIVE_AFTER_MS) is UNKNOWN[0]


def test_an_earlier_version_that_can_not_be_read_marks_the_events_that_need_it() -> None:
    first = make_experiment()
    world = world_of(first, changed(first, NOON_MS, coverage=9_000))
    world.now_ms = NOON_MS + HOUR_MS
    world.mark(NOON_MS + EFFECTIVE_AFTER_MS)
    unavailable(world)

    assert world.mark(NOON_MS) is UNKNOWN[0]
    assert world.mark(NOON_MS + EFFECTIVE_AFTER_MS) is not UNKNOWN[0]


def process(store: FakeExperiments, *records: Mapping[str, Any]) -> tuple[list[Any], Any, Any]:
    archive, ledger = FakeObjects(), FakeLedger()
    enrich = EnrichRecords(experiments=store, clock=lambda: NOON_MS, fresh_ms=FRESH_MS)
    stage = ProcessBatch(
        archive=archive,
        ledger=ledger,
        clock=lambda: NOON_MS,
        sleep=lambda _seconds: None,
        jitter=lambda: 0.5,
        entropy=lambda: 0,
        limits=Limits(),
        reserve_ms=20_000,
        enrich=enrich,
    )
    report = stage(records, lambda: 900_000)
    bodies = [gzip.decompress(body) for body in archive.bodies.values()]
    return [line for body in bodies for line in body.splitlines()], ledger, report


def make_purchase(**changes: Any) -> dict[str, object]:
    properties = {"amount": 5, "currency": "EUR"}
    return make_event(event_type="purchase", properties=properties | changes)


def test_a_line_has_what_is_added_right_before_its_properties() -> None:
    body = make_purchase(exposed_at="2026-11-20T11:59:59Z")
    [line], _, _ = process(FakeExperiments.of(make_experiment()), make_record(1, body))

    variant = assign(make_experiment(), "usr_1").variant
    assert [*json.loads(line)][-3:] == ["seconds_since_exposure", "experiments", "properties"]
    assert json.loads(line)["experiments"] == {"button": variant}
    assert json.loads(line)["seconds_since_exposure"] == 2.5


@pytest.mark.parametrize(
    "exposed_at", [None, True, "yesterday", 5.5, "2026-11-20T13:00:00Z", -(10**18)]
)
def test_no_time_since_exposure_is_given_that_is_not_one(exposed_at: object) -> None:
    body = make_purchase(exposed_at=exposed_at)
    [line], _, _ = process(FakeExperiments.of(make_experiment()), make_record(1, body))

    assert "seconds_since_exposure" not in json.loads(line)


def test_lines_of_other_events_are_the_same_bytes_as_without_experiments() -> None:
    records = [make_record(1), make_record(2, make_event(event_type="sign_up"))]

    with_one, _, _ = process(FakeExperiments.of(make_experiment()), *records)
    without, _, _ = process(FakeExperiments(), *records)
    assert with_one == without


def test_a_failing_lookup_fails_no_batch_and_is_marked_and_counted() -> None:
    store = FakeExperiments.of(make_experiment())
    store.faults.next_fate = lambda: "fails_before"

    lines, _, report = process(store, make_record(1), make_record(2, make_purchase()))

    assert [json.loads(line)["experiments_error"] for line in lines] == ["unavailable"] * 2
    assert not report.failed_ids
    assert report.figures["unenriched"] == 2


def test_variants_are_counted_by_hour_with_their_conversions() -> None:
    body = make_purchase()
    exposure = make_event(
        event_type="exposure", properties={"experiment_id": "button", "variant": "control"}
    )
    records = [make_record(1, body), make_record(2, body), make_record(3, exposure)]
    _, ledger, _ = process(FakeExperiments.of(make_experiment()), *records)

    variant = assign(make_experiment(), "usr_1").variant
    [(key, counts)] = [
        (key, counts)
        for key, counts in ledger.counters.items()
        if key.partition_key == "experiment#button"
    ]
    assert key.sort_key.startswith("2026-11-20T12#")
    assert counts == {f"events_{variant}": 3, f"conversions_{variant}": 2}


def test_a_chunk_with_as_many_experiments_as_may_run_fits_a_transaction() -> None:
    sizes: list[int] = []

    class Noting(FakeLedger):
        def commit(self, commit: Any) -> None:
            sizes.append(len(commit.counters) + 2)
            FakeLedger.commit(self, commit)

    store = FakeExperiments.of(
        *[make_experiment(experiment_id=f"x{n}", salt=f"x{n}") for n in range(MAX_RUNNING + 5)]
    )
    hours = [f"2026-11-20T{hour:02d}:00:00.000Z" for hour in range(12)]
    records = [
        make_record(n + 1, {**make_purchase(), "timestamp": at}) for n, at in enumerate(hours)
    ]
    ledger = Noting()
    stage = ProcessBatch(
        archive=FakeObjects(),
        ledger=ledger,
        clock=lambda: NOON_MS,
        sleep=lambda _seconds: None,
        jitter=lambda: 0.5,
        entropy=lambda: 0,
        limits=Limits(),
        reserve_ms=20_000,
        enrich=EnrichRecords(experiments=store, clock=lambda: NOON_MS, fresh_ms=FRESH_MS),
    )
    stage(records, lambda: 900_000)

    assert sum(row.total_records for row in ledger.rows) == len(records)
    assert len(sizes) > 1
    assert max(sizes) <= 100


def test_a_stage_without_experiments_enriches_nothing() -> None:
    assert enriches_nothing([make_record()]) is None
