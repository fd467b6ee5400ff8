"""One batch: what is committed, what must come again, and what a crash may leave."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

import pytest

from chalicelib.archive.record import Record, Shard
from chalicelib.archive.screen_record import Accepted
from chalicelib.aws.ledger import DynamoBatchLedger
from chalicelib.errors import BatchIncomplete
from chalicelib.model import instant
from chalicelib.model.about_users import place_of
from chalicelib.model.batch_report import BatchReport
from chalicelib.model.currency import CURRENCIES
from chalicelib.model.distinct import HyperLogLog
from chalicelib.model.ledger import Claim, Commit, CounterKey, Position, padded
from chalicelib.model.marks import Counted, Enrich, Marks
from chalicelib.model.measure import Measure
from chalicelib.process import Limits, ProcessBatch
from chalicelib.process.process_batch import SEARCHED_RECORDS
from tests.builders import NOON_MS, SHARD, STREAM, make_event, make_record
from tests.fakes import FakeLedger, FakeObjects, script_of

SHARD_NAME = f"{STREAM}-{SHARD}"


@pytest.fixture
def archive() -> FakeObjects:
    return FakeObjects()


@pytest.fixture
def ledger() -> FakeLedger:
    return FakeLedger()


@pytest.fixture
def process(archive: FakeObjects, ledger: FakeLedger) -> ProcessBatch:
    return make_process(archive, ledger)


def make_process(archive: FakeObjects, ledger: FakeLedger, **changes: object) -> ProcessBatch:
    parts: dict[str, object] = {
        "clock": lambda: NOON_MS,
        "sleep": lambda _seconds: None,
        "jitter": lambda: 0.5,
        "entropy": count().__next__,
        "limits": Limits(),
        "reserve_ms": 20_000,
    }
    return ProcessBatch(archive=archive, ledger=ledger, **(parts | changes))  # type: ignore[arg-type]  # a builder


def run(
    process: ProcessBatch, *records: Mapping[str, object], left_ms: int = 100_000
) -> BatchReport:
    return process(records, lambda: left_ms)


def test_records_lie_by_type_and_by_the_events_own_hour(
    process: ProcessBatch, archive: FakeObjects
) -> None:
    run(
        process,
        make_record(7),
        make_record(8, make_event(event_type="sign_up")),
        make_record(9, make_event(timestamp=instant.to_text(NOON_MS - 1))),
    )

    name = f"{SHARD_NAME}-{'0' * 55 + '{}'}.json.gz"
    day = "year=2026/month=11/day=20"
    assert sorted(archive.bodies) == [
        f"raw/event_type=page_view/{day}/hour=11/{name.format(9)}",
        f"raw/event_type=page_view/{day}/hour=12/{name.format(7)}",
        f"raw/event_type=sign_up/{day}/hour=12/{name.format(8)}",
    ]


def test_an_object_says_how_many_records_it_holds(
    process: ProcessBatch, archive: FakeObjects
) -> None:
    run(process, make_record(1), make_record(2))

    [metadata] = archive.metadata.values()
    assert metadata == {"records": "2", "schema-version": "1"}


def test_quarantine_lies_by_the_hour_of_arrival(
    process: ProcessBatch, archive: FakeObjects
) -> None:
    run(process, make_record(5, b"nonsense", arrived_ms=NOON_MS))

    [(key, body)] = archive.bodies.items()
    assert key.startswith("quarantine/year=2026/month=11/day=20/hour=12/")
    assert json.loads(gzip.decompress(body))["code"] == "invalid_json"


def test_users_are_read_after_the_claim_and_only_if_an_experiment_counts_them(
    archive: FakeObjects,
) -> None:
    marks = Marks({"button": "a"}, (Counted("button", "a", is_conversion=False),))
    ledger = Recording()
    marking = make_process(archive, ledger, enrich=lambda _: lambda *_: (marks, place_of("usr_1")))
    run(marking, make_record(1), make_record(2))
    run(make_process(archive, ledger), make_record(3))

    assert ledger.called == ["claim", "users", "commit", "claim", "commit"]


class Recording(FakeLedger):
    """Names the calls that decide what a commit may rest on."""

    def __init__(self) -> None:
        super().__init__()
        self.called: list[str] = []

    def claim(self, claim: Claim) -> Position:
        self.called.append("claim")
        return super().claim(claim)

    def users(self, keys: Sequence[CounterKey]) -> Mapping[CounterKey, Mapping[str, HyperLogLog]]:
        self.called.append("users")
        return super().users(keys)

    def commit(self, commit: Commit) -> None:
        self.called.append("commit")
        super().commit(commit)


def test_the_same_records_make_the_same_bytes(archive: FakeObjects) -> None:
    records = [make_record(n) for n in range(1, 50)]
    other = FakeObjects()
    run(make_process(archive, FakeLedger()), *records)
    run(make_process(other, FakeLedger()), *records)

    assert archive.bodies == other.bodies
    # No time in the header: a second later the bytes would differ.
    assert {body[4:8] for body in archive.bodies.values()} == {bytes(4)}


def test_a_record_at_or_below_the_checkpoint_is_dropped(
    process: ProcessBatch, ledger: FakeLedger
) -> None:
    run(process, make_record(1), make_record(2))
    run(process, make_record(1), make_record(2), make_record(3))

    assert [row.total_records for row in ledger.rows] == [2, 1]


def test_sequence_numbers_are_compared_as_numbers(
    process: ProcessBatch, ledger: FakeLedger
) -> None:
    run(process, make_record(9))
    run(process, make_record(10))

    assert ledger.positions[SHARD_NAME].checkpoint == "10".zfill(56)


def test_a_poison_record_does_not_hold_up_its_neighbours(
    process: ProcessBatch, ledger: FakeLedger
) -> None:
    report = run(process, make_record(1), make_record(2, b"nonsense"), make_record(3))

    assert report.to_lambda(partial=True) == {"batchItemFailures": []}
    [row] = ledger.rows
    assert (row.total_records, row.success_records, row.failed_records) == (3, 2, 1)


def test_a_record_on_which_our_own_code_fails_does_not_hold_up_its_neighbours(
    archive: FakeObjects, ledger: FakeLedger
) -> None:
    def broken(payload: bytes, record: Record, shard: Shard, enrich: Enrich | None) -> Accepted:
        raise ZeroDivisionError

    report = run(make_process(archive, ledger, accept=broken), make_record(1))

    assert not report.failed_ids
    [body] = archive.bodies.values()
    assert json.loads(gzip.decompress(body))["code"] == "internal_error"


def test_the_ledger_says_where_a_chunk_went(
    process: ProcessBatch, ledger: FakeLedger, archive: FakeObjects
) -> None:
    run(process, make_record(1), make_record(2, b"nonsense"))

    [row] = ledger.rows
    assert sorted(row.keys) == sorted(archive.bodies)
    assert len(row.partitions) == 2
    assert (row.shard_id, row.stage) == (SHARD_NAME, "process")
    assert row.expires_at == NOON_MS // 1000 + 30 * 86_400


@pytest.mark.parametrize("limits", [Limits(max_records=2), Limits(max_bytes=1_200)], ids=repr)
def test_no_object_exceeds_its_limits(
    archive: FakeObjects, ledger: FakeLedger, limits: Limits
) -> None:
    run(make_process(archive, ledger, limits=limits), *[make_record(n) for n in range(1, 8)])

    sizes = [gzip.decompress(body) for body in archive.bodies.values()]
    assert sum(size.count(b"\n") for size in sizes) == 7
    assert all(size.count(b"\n") <= limits.max_records for size in sizes)
    assert all(len(size) <= limits.max_bytes for size in sizes)


def test_a_chunk_never_needs_more_than_one_transaction_can_hold() -> None:
    minutes = [instant.to_text(NOON_MS - n * 60_000) for n in range(300)]
    committed: list[int] = []

    class Counting(FakeLedger):
        def commit(self, commit: Commit) -> None:
            FakeLedger.commit(self, commit)
            committed.append(len(commit.counters) + 2)

    ledger = Counting()
    records = [make_record(n + 1, make_event(timestamp=at)) for n, at in enumerate(minutes)]
    run(make_process(FakeObjects(), ledger), *records)

    assert sum(row.total_records for row in ledger.rows) == 300
    assert len(committed) > 1
    assert max(committed) <= 100


def test_an_items_update_stays_within_what_an_expression_can_hold() -> None:
    """DynamoDB takes 4,096 bytes; a batch may name every currency and every bucket."""
    written: list[int] = []
    adapter = DynamoBatchLedger(None, "batches", "metrics")  # type: ignore[arg-type]  # not called

    class Measuring(FakeLedger):
        def commit(self, commit: Commit) -> None:
            FakeLedger.commit(self, commit)
            updates = (item.get("Update") for item in adapter.items_of(commit))
            written.extend(len(update["UpdateExpression"]) for update in updates if update)

    values = zip(sorted(CURRENCIES) * 2, range(300), strict=False)
    records = [
        make_record(
            n + 1,
            make_event(
                event_type="sold",
                properties={
                    "latency_ms": 0.1 * 1.1 ** (n % 216 + 0.5),
                    "amount": 1,
                    "currency": c,
                },
            ),
        )
        for c, n in values
    ]
    ledger = Measuring()
    run(make_process(FakeObjects(), ledger), *records)

    assert sum(row.success_records for row in ledger.rows) == len(records)
    assert 2_000 < max(written) <= 4_096


def test_an_unknown_outcome_is_settled_by_reading_the_checkpoint_again(
    process: ProcessBatch, ledger: FakeLedger
) -> None:
    ledger.faults.next_fate = script_of(["works", "fails_after"])

    report = run(process, make_record(1))

    assert not report.failed_ids
    assert [row.total_records for row in ledger.rows] == [1]


def test_a_store_that_stays_away_sends_the_batch_back_from_the_first_uncommitted_record(
    archive: FakeObjects, ledger: FakeLedger
) -> None:
    process = make_process(archive, ledger, limits=Limits(max_records=1))
    script = iter(["works"])
    archive.faults.next_fate = lambda: next(script, "fails_before")  # type: ignore[arg-type]  # literals

    report = run(process, make_record(1), make_record(2), make_record(3))

    assert report.to_lambda(partial=True) == {"batchItemFailures": [{"itemIdentifier": "2"}]}


def test_where_the_mapping_does_not_listen_the_batch_raises(process: ProcessBatch) -> None:
    report = run(process, make_record(1), left_ms=19_999)

    with pytest.raises(BatchIncomplete):
        report.to_lambda(partial=False)


def test_no_chunk_is_started_without_time_to_commit_it(
    process: ProcessBatch, archive: FakeObjects
) -> None:
    report = run(process, make_record(1), left_ms=19_999)

    assert report.failed_ids == ["1"]
    assert not archive.bodies


def test_each_shard_of_a_batch_has_a_checkpoint_of_its_own(
    process: ProcessBatch, ledger: FakeLedger
) -> None:
    other = "shardId-000000000001"
    run(process, make_record(5), make_record(1, shard=other))

    assert set(ledger.positions) == {SHARD_NAME, f"{STREAM}-{other}"}


@dataclass
class Overtaken(FakeLedger):
    """Another attempt claims the shard right before this one's first commit."""

    is_overtaken: bool = False

    def commit(self, commit: Commit) -> None:
        if not self.is_overtaken:
            self.is_overtaken = True
            self.claim(replace(commit.claim, id="another"))
        FakeLedger.commit(self, commit)


def test_an_attempt_that_was_overtaken_stops_and_says_so(archive: FakeObjects) -> None:
    ledger = Overtaken()

    report = run(make_process(archive, ledger), make_record(1), make_record(2))

    assert report.failed_ids == ["1"]
    assert report.reasons == ["ClaimLost()"]
    assert report.figures["claims_lost"] == 1
    assert "retries" not in report.figures
    assert ledger.rows == []
    assert ledger.claims == {SHARD_NAME: "another"}


def test_a_batch_that_was_overtaken_is_finished_when_it_comes_again(archive: FakeObjects) -> None:
    ledger = Overtaken()
    process = make_process(archive, ledger)
    run(process, make_record(1), make_record(2))

    report = run(process, make_record(1), make_record(2))

    assert not report.failed_ids
    assert [row.total_records for row in ledger.rows] == [2]


def test_each_attempt_makes_a_claim_of_its_own(archive: FakeObjects, ledger: FakeLedger) -> None:
    claimed: list[str] = []
    ledger.faults.next_fate = script_of(["works", "fails_before"])

    class Noting(FakeLedger):
        def claim(self, claim: Claim) -> Position:
            claimed.append(claim.id)
            return FakeLedger.claim(self, claim)

    run(make_process(archive, Noting(ledger.faults)), make_record(1))

    assert len(claimed) == len(set(claimed)) == 2


def test_what_comes_again_is_counted_as_skipped(process: ProcessBatch) -> None:
    first, second, third = (make_record(n, arrived_ms=NOON_MS) for n in (1, 2, 3))
    run(process, first, second)

    report = run(process, first, second, third)

    assert (report.figures["skipped"], report.figures["dropped"]) == (2, 0)
    assert report.measures[Measure.RECORDS_SKIPPED] == 2


def test_what_this_batch_committed_itself_is_not_skipped(
    process: ProcessBatch, ledger: FakeLedger
) -> None:
    ledger.faults.next_fate = script_of(["works", "fails_after"])

    report = run(process, make_record(1), make_record(2))

    assert report.figures["retries"] == 1
    assert report.figures["skipped"] == 0


def test_records_that_arrive_below_the_checkpoint_are_counted_as_dropped(
    process: ProcessBatch,
) -> None:
    run(process, make_record(100))

    report = run(process, make_record(1, arrived_ms=NOON_MS + 60_000))

    assert not report.failed_ids
    assert report.measures[Measure.RECORDS_DROPPED] == 1


def test_looking_for_leftovers_ends_where_earlier_attempts_did(
    process: ProcessBatch, archive: FakeObjects, ledger: FakeLedger
) -> None:
    looked: list[str] = []

    class Noting(FakeObjects):
        def etags(self, prefixes: Iterable[str]) -> Mapping[str, str]:
            looked.extend(prefixes)
            return FakeObjects.etags(self, prefixes)

    noting = make_process(Noting(bodies=archive.bodies), ledger, limits=Limits(max_records=1))
    run(process, make_record(1), make_record(2), left_ms=0)
    run(noting, make_record(1), make_record(2), make_record(3))
    n_looked = len(looked)
    run(noting, make_record(4))

    # A raw and a quarantine prefix for each of the first two records.
    assert n_looked == len(looked) == 4


def test_a_batch_that_follows_a_committed_one_looks_at_nothing(ledger: FakeLedger) -> None:
    class Blind(FakeObjects):
        def etags(self, prefixes: Iterable[str]) -> Mapping[str, str]:
            raise AssertionError(prefixes)

    process = make_process(Blind(), ledger)
    run(process, make_record(1))
    run(process, make_record(2))

    assert [row.total_records for row in ledger.rows] == [1, 1]


def test_a_search_for_leftovers_is_bounded_whatever_the_records_are(archive: FakeObjects) -> None:
    """Each record may name a type of its own; a search has to end within the function's time."""
    looked: list[int] = []

    class Noting(FakeObjects):
        def etags(self, prefixes: Iterable[str]) -> Mapping[str, str]:
            looked.append(len(list(prefixes)))
            return {}

    ledger = FakeLedger(positions={SHARD_NAME: Position(reached=padded("9999"))})
    records = [make_record(n + 1, make_event(event_type=f"T{n}")) for n in range(2_500)]
    run(make_process(Noting(), ledger), *records)

    assert sum(row.total_records for row in ledger.rows) == 2_500
    assert max(looked) <= SEARCHED_RECORDS + 1
