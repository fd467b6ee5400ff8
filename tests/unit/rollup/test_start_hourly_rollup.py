from __future__ import annotations

import pytest

from chalicelib.errors import BadRequest
from chalicelib.model.hour import Hour
from chalicelib.rollup import DetermineHours, StartHourlyRollup, execution
from tests.unit.rollup.fakes import FakeExecutions, FakeHourMarks

TEN = Hour.parse("2026-11-21T10")


@pytest.mark.parametrize(
    "fired_at",
    ["2026-11-21T11:10:00Z", "2026-11-21T11:00:00Z", "2026-11-21T11:59:59Z"],
    ids=["on time", "early", "late"],
)
def test_the_last_full_hour_before_the_firing_is_rolled_up(fired_at: str) -> None:
    executions = FakeExecutions()

    name = StartHourlyRollup(executions)(fired_at).execution

    assert name == "hourly-20261121T10Z"
    assert executions.started == {name: {"window": "2026-11-21T10:00:00Z"}}


def test_firing_twice_starts_one_execution() -> None:
    executions = FakeExecutions()
    start_hourly_rollup = StartHourlyRollup(executions)

    start_hourly_rollup("2026-11-21T11:10:00Z")
    start_hourly_rollup("2026-11-21T11:10:31Z")

    assert len(executions.started) == 1


def test_what_a_person_asks_for_is_what_is_determined() -> None:
    name, payload = execution.manual(TEN, TEN.plus(2), "0f3a99c1")

    assert name == "manual-20261121T10Z-0f3a99c1"
    assert DetermineHours(FakeHourMarks(), lambda: TEN.start_ms)(payload).hours == [
        TEN,
        TEN.plus(1),
    ]


def test_a_range_without_an_hour_is_refused_before_it_is_started() -> None:
    with pytest.raises(BadRequest):
        execution.manual(TEN, TEN, "0f3a99c1")
