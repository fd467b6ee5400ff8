from __future__ import annotations

import pytest

from chalicelib.errors import BadRequest
from chalicelib.model.measure import Measure
from chalicelib.rollup import RecordRun
from tests.builders import NOON
from tests.unit.rollup.fakes import FakeRuns

ROLLED = {
    "window_start": "2026-11-20T11:00:00Z",
    "status": "rolled",
    "records": 10,
    "events": 9,
    "missing": 1,
}
SUPERSEDED = {"window_start": "2026-11-20T12:00:00Z", "status": "superseded", "records": 0}
FAILED = {"window_start": "2026-11-20T13:00:00Z", "status": "failed", "error": "StoreUnavailable"}


def make_payload(**changes: object) -> dict[str, object]:
    payload: dict[str, object] = {
        "name": "hourly-20261120T12Z",
        "started_at": "2026-11-20T13:10:02.345Z",
        "results": [ROLLED, SUPERSEDED],
    }
    return {k: v for k, v in (payload | changes).items() if v is not ...}


@pytest.fixture
def runs() -> FakeRuns:
    return FakeRuns()


@pytest.fixture
def record_run(runs: FakeRuns) -> RecordRun:
    return RecordRun(runs, lambda: NOON.start_ms)


def test_a_run_is_recorded_with_what_its_hours_came_to(
    record_run: RecordRun, runs: FakeRuns
) -> None:
    run = record_run(make_payload())

    assert list(runs.by_key.values()) == [run]
    assert run.hours == ["2026-11-20T11:00:00Z", "2026-11-20T12:00:00Z"]
    assert (run.status, run.records, run.missing) == ("succeeded", 10, 1)
    assert run.recorded_at == "2026-11-20T12:00:00.000Z"


def test_a_run_with_a_failed_hour_has_failed(record_run: RecordRun) -> None:
    run = record_run(make_payload(results=[ROLLED, FAILED]))

    assert run.status == "failed"
    assert run.failed_hours == {"2026-11-20T13:00:00Z": "StoreUnavailable"}


def test_a_superseded_hour_is_no_failure(record_run: RecordRun) -> None:
    run = record_run(make_payload(results=[SUPERSEDED]))

    assert run.status == "succeeded"
    assert run.superseded_hours == ["2026-11-20T12:00:00Z"]


def test_a_run_that_never_came_to_its_hours_has_failed(record_run: RecordRun) -> None:
    run = record_run(make_payload(results=..., error="Runtime.HandlerError"))

    assert (run.status, run.hours, run.error) == ("failed", [], "Runtime.HandlerError")


def test_recording_a_run_again_replaces_it(record_run: RecordRun, runs: FakeRuns) -> None:
    record_run(make_payload(results=[FAILED]))
    record_run(make_payload())

    assert [run.status for run in runs.by_key.values()] == ["succeeded"]


def test_a_start_in_any_form_is_recorded_in_ours(record_run: RecordRun) -> None:
    run = record_run(make_payload(started_at="2026-11-20T14:10:02+01:00"))

    assert run.started_at == "2026-11-20T13:10:02.000Z"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ...}, "name"),
        ({"started_at": "noon"}, "started_at"),
        ({"results": [{"status": "rolled"}]}, "results.0.window_start"),
        ({"results": [ROLLED | {"status": "lost"}]}, "results.0.status"),
        ({"verdict": "fine"}, "verdict"),
    ],
    ids=str,
)
def test_a_payload_that_describes_no_run_is_refused(
    record_run: RecordRun, runs: FakeRuns, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(BadRequest) as refusal:
        record_run(make_payload(**changes))

    assert refusal.value.field == field
    assert runs.by_key == {}


def test_a_run_goes_on_and_is_logged_in_counts(record_run: RecordRun) -> None:
    run = record_run(make_payload(results=[ROLLED, FAILED]))

    assert run.to_json() == {
        "name": "hourly-20261120T12Z",
        "status": "failed",
        "hours": 2,
        "superseded_hours": 0,
        "failed_hours": 1,
        "unsealed_hours": 0,
        "records": 10,
        "missing": 1,
        "anomalies": 0,
        "alerts": 0,
        "results": 0,
    }
    assert run.line["failed"] == {"2026-11-20T13:00:00Z": "StoreUnavailable"}


def test_an_hour_that_was_not_sealed_does_not_fail_the_run(record_run: RecordRun) -> None:
    run = record_run(make_payload(results=[{**ROLLED, "unsealed": "StoreUnavailable"}]))

    assert run.status == "succeeded"
    assert run.line["unsealed"] == {ROLLED["window_start"]: "StoreUnavailable"}
    assert run.measures[Measure.HOURS_UNSEALED] == 1


def test_an_hour_that_was_only_sealed_was_not_rolled_up(record_run: RecordRun) -> None:
    sealed = {"window_start": "2026-11-20T09:00:00Z", "status": "unchanged"}

    assert record_run(make_payload(results=[ROLLED, sealed])).hours == [ROLLED["window_start"]]


def test_what_was_found_and_told_is_recorded(record_run: RecordRun) -> None:
    run = record_run(
        make_payload(
            judgement={"status": "judged", "hours": 2, "anomalies": 3, "pending_alerts": 2},
            publication={"status": "published", "alerts": 2, "anomalies": 2},
        )
    )

    assert (run.status, run.anomalies, run.alerts) == ("succeeded", 3, 2)


def test_the_number_of_results_computed_is_recorded(record_run: RecordRun) -> None:
    run = record_run(make_payload(computation={"status": "computed", "results": 3}))

    assert (run.status, run.results) == ("succeeded", 3)


@pytest.mark.parametrize("step", ["judgement", "publication", "computation"])
def test_a_run_that_could_not_judge_publish_or_compute_has_failed(
    record_run: RecordRun, step: str
) -> None:
    run = record_run(make_payload(**{step: {"status": "failed", "error": "Runtime.HandlerError"}}))

    assert (run.status, run.failed_hours) == ("failed", {})
    assert list(run.errors.values()) == ["Runtime.HandlerError"]
