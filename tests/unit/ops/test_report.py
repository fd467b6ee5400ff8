"""What `python -m ops report` shows, of rows in memory."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from chalicelib.errors import Unreadable
from chalicelib.model.distinct import STANDARD_ERROR, HyperLogLog
from chalicelib.model.hour import Hour
from chalicelib.model.latency import RELATIVE_ERROR
from chalicelib.model.rollup import ALL_TYPES, AmountSummary, HourlyRollup, Reconciliation
from chalicelib.query.ports import RollupReader
from ops.__main__ import app
from ops.kit.errors import OperationFailed
from ops.kit.hours import kept_range
from tests.builders import NOON, NOON_MS, make_latency, make_rollup
from tests.unit.query.fakes import FakeRollups

MIDNIGHT = NOON.plus(12)
DAYS = ("--from", "2026-11-20", "--to", "2026-11-22")


def store(*rows: HourlyRollup) -> FakeRollups:
    rollups = FakeRollups()
    rollups.store(rows)
    return rollups


def hour_of(number: int, event_type: str = ALL_TYPES, count: int = 10) -> HourlyRollup:
    """One of the hours around midnight, with a user of its own and one of all hours."""
    return make_rollup(
        event_type,
        count,
        MIDNIGHT.plus(number),
        unique_users=2,
        user_sketch=HyperLogLog.of([0, (number + 100) << 54]),
        errors=1,
        latency=make_latency(100.0 + number),
        amounts={"EUR": AmountSummary(1, 1_250_000)},
        reconciliation=Reconciliation(expected=count + 1, found=count, duplicates=0),
    )


@pytest.fixture
def stored() -> FakeRollups:
    """Two hours of the 20th and one of the 21st, with clicks in one of each."""
    hours = [hour_of(number) for number in (-2, -1, 0)]
    return store(*hours, hour_of(-1, "click", 4), hour_of(0, "click", 9), hour_of(0, "view", 1))


def run(reader: RollupReader | None, *options: str) -> Result:
    return CliRunner().invoke(app, ["report", *options], obj=reader, env={"COLUMNS": "80"})


def lines(reader: RollupReader, *options: str) -> list[list[str]]:
    ran = run(reader, *options)
    assert ran.exit_code == 0, ran.output
    return [line.split() for line in ran.stdout.splitlines()]


def asked(reader: RollupReader, *options: str) -> list[dict[str, object]]:
    ran = run(reader, "--json", *options)
    assert ran.exit_code == 0, ran.output
    rollups: list[dict[str, object]] = json.loads(ran.stdout)["rollups"]
    return rollups


def test_each_day_has_its_types_the_sum_first_and_then_the_busiest(
    stored: FakeRollups,
) -> None:
    rows = asked(stored, *DAYS)

    assert [(row["from"], row["event_type"], row["hours"], row["events"]) for row in rows] == [
        ("2026-11-20T00:00:00Z", "_all", 2, 20),
        ("2026-11-20T00:00:00Z", "click", 1, 4),
        ("2026-11-21T00:00:00Z", "_all", 1, 10),
        ("2026-11-21T00:00:00Z", "click", 1, 9),
        ("2026-11-21T00:00:00Z", "view", 1, 1),
    ]


def test_people_see_what_is_estimated_and_how_well(stored: FakeRollups) -> None:
    shown = lines(stored, *DAYS)

    assert ["11-20", "_all", "2/24", "20", "3±", "2", "10.0%", "2"] in shown
    assert ["11-20", "click", "1/24", "4", "2", "1", "25.0%", "1"] in shown
    # Both hours' latencies share a bucket, of which the middle is above them.
    assert ["11-20", "_all", "2", *["99.0±"] * 4] in shown
    assert ["11-20", "click", "1", *["99.0"] * 4] in shown
    remarks = run(stored, *DAYS).stdout
    assert "± users: estimates over several hours, with a standard error of 1.6%." in remarks
    assert "an error of at most 4.8% and 0.1 ms" in remarks


def test_a_single_hour_needs_no_remarks(stored: FakeRollups) -> None:
    shown = run(stored, "--from", "2026-11-20T23", "--to", "2026-11-21T00", "--by", "hour").stdout

    assert "±" not in shown
    assert "11-20 23  _all " in shown
    assert "not rolled up" not in shown


def test_json_has_the_errors_too(stored: FakeRollups) -> None:
    whole, of_one_hour = asked(stored, *DAYS, "--by", "range")[0], asked(stored, *DAYS)[2]

    assert whole["unique_users_standard_error"] == STANDARD_ERROR
    assert whole["unique_users"] == 4
    assert of_one_hour["unique_users_standard_error"] == 0.0
    latency = whole["latency"]
    assert isinstance(latency, dict)
    assert latency["percentiles_relative_error"] == RELATIVE_ERROR
    assert (latency["count"], latency["mean_ms"]) == (3, 99.0)
    assert whole["amounts"] == {"EUR": {"count": 3, "total_micros": 3_750_000}}
    assert (whole["expected"], whole["found"], whole["missing"]) == (33, 30, 3)


def test_amounts_are_shown_by_currency(stored: FakeRollups) -> None:
    assert ["all", "_all", "EUR", "3", "3.75"] in lines(stored, *DAYS, "--by", "range")


def test_one_type_can_be_asked_for(stored: FakeRollups) -> None:
    rows = asked(stored, *DAYS, "--event-type", "view", "--event-type", "click")

    assert [row["event_type"] for row in rows] == ["click", "click", "view"]


def test_a_type_without_rows_is_named(stored: FakeRollups) -> None:
    ran = run(stored, *DAYS, "--event-type", "clikc")

    assert ran.exit_code == 0
    assert "No rollups of clikc." in ran.stderr
    assert "No hours are rolled up" in ran.stdout


def test_hours_that_are_not_rolled_up_are_named_whatever_the_type(
    stored: FakeRollups,
) -> None:
    ran = run(stored, "--from", "2026-11-20T22", "--to", "2026-11-21T03", "--event-type", "click")

    assert "2 of 5 hours are not rolled up: 2026-11-21T01 to 2026-11-21T02." in ran.stdout


def test_what_the_counters_can_not_say_is_a_question_mark() -> None:
    shown = lines(store(make_rollup(ALL_TYPES)), *DAYS)

    assert shown[2][-1] == "?"


def test_nothing_rolled_up_is_no_failure() -> None:
    ran = run(FakeRollups(), *DAYS)

    assert ran.exit_code == 0
    assert "No hours are rolled up from 2026-11-20T00 to 2026-11-22T00, UTC." in ran.stdout
    assert asked(FakeRollups(), *DAYS) == []


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--from", "yesterday"), "--from must be a day or an hour"),
        (("--from", "2026-11-20T10:30"), "--from must be a day or an hour"),
        (("--to", "2026-13-01"), "--to must be a day or an hour"),
        (("--from", "0000-01-01"), "--from must be a day or an hour"),
        (("--from", "0001-01-01", "--to", "2026-01-01"), "days; rollups are kept for 400"),
        (("--to", "0001-01-01"), "--to must be after --from"),
        (("--from", "2026-11-21", "--to", "2026-11-20"), "--to must be after --from"),
        (("--from", "2026-11-21", "--to", "2026-11-21"), "--to must be after --from"),
        (("--from", "2020-01-01", "--to", "2026-01-01"), "2,192 days"),
        ((*DAYS, "--by", "week"), "'week' is not one of"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_question_that_makes_no_sense_is_refused(options: Sequence[str], complaint: str) -> None:
    ran = run(FakeRollups(), *options)

    assert ran.exit_code == 2
    assert complaint in ran.stderr


def test_the_last_24_hours_are_shown_unless_asked_otherwise() -> None:
    period = kept_range(None, None, NOON_MS + 1)

    assert (period.first, period.end) == (NOON.plus(-23), NOON.plus(1))
    assert kept_range("2026-11-20", None, NOON_MS).end == NOON.plus(1)
    assert kept_range(None, "2026-11-20", NOON_MS).first == NOON.plus(-36)


def test_too_long_a_time_is_a_bad_parameter() -> None:
    with pytest.raises(typer.BadParameter, match="kept for 400"):
        kept_range("2020-01-01", None, NOON_MS)


class Outdated(FakeRollups):
    def rollups(self, event_type: str, first: Hour, end: Hour) -> Sequence[HourlyRollup]:
        raise Unreadable(event_type, min(first, end).window_start, "users_hll")


def test_rows_of_an_older_version_come_with_advice() -> None:
    outdated = Outdated()
    outdated.store([hour_of(0)])

    ran = run(outdated, *DAYS)

    assert isinstance(ran.exception, OperationFailed)
    assert "older version: _all 2026-11-20T00:00:00Z users_hll" in ran.exception.reason
    assert "ops rollup --from" in ran.exception.advice


def test_a_local_cloud_that_is_not_running_is_reported(tmp_path: Path) -> None:
    ran = run(None, *DAYS, "--state", str(tmp_path))

    assert isinstance(ran.exception, OperationFailed)
    assert "ops up" in ran.exception.advice
