"""The batch job's arguments, refused with all mistakes at once."""

from __future__ import annotations

import pytest

from chalicelib.model import instant
from chalicelib.model.attribution_report import Model
from glue.arguments import ArgumentsRefused
from glue.batch import main
from glue.request import Request, Target

DATABASE = "postgresql://writer@localhost/eventstream"


def make_argv(**changes: str) -> list[str]:
    """Arguments of a valid job; a change to an empty text removes one."""
    given = {
        "STAGE": "dev",
        "REGION": "us-east-1",
        "FROM": "2026-11-01T00:00:00Z",
        "TO": "2026-11-03T00:00:00Z",
        "LAKE": "s3://lake/events/",
        "TARGET": "lake",
    } | changes
    return [word for name, value in given.items() if value for word in (f"--{name}", value)]


def refused(**changes: str) -> tuple[str, ...]:
    with pytest.raises(ArgumentsRefused) as refusal:
        Request.of(make_argv(**changes))
    return refusal.value.errors


def test_a_range_is_written_beside_the_events_under_the_first_click() -> None:
    request = Request.of(make_argv())

    assert (request.model, request.half_life_ms) == (Model.FIRST_CLICK, 600_000)
    assert request.output == "s3://lake/attribution"
    assert request.to_ms - request.from_ms == 2 * instant.DAY_MS
    assert request.database is None


def test_every_argument_reaches_the_request() -> None:
    request = Request.of(
        make_argv(
            TARGET="compare",
            MODEL="time_decay",
            HALF_LIFE_S="60",
            OUTPUT="s3://other/",
            FROM="2026-11-01T00:30:00+01:00",
            DATABASE_URL=DATABASE,
        )
    )

    assert (request.target, request.model) == (Target.COMPARE, Model.TIME_DECAY)
    assert (request.half_life_ms, request.output) == (60_000, "s3://other/")
    assert instant.to_text(request.from_ms) == "2026-10-31T23:30:00.000Z"
    assert request.required_database.url == DATABASE
    assert request.needs_weights


def test_all_mistakes_are_named_at_once() -> None:
    errors = refused(
        TARGET="lakes", MODEL="linaer", FROM="yesterday", LAKE="lake", HALF_LIFE_S="0"
    )

    assert sorted(error.partition(" ")[0] for error in errors) == [
        "--FROM",
        "--HALF_LIFE_S",
        "--LAKE",
        "--MODEL",
        "--TARGET",
    ]
    assert "--TARGET must be one of postgres, lake, compare" in errors


def test_whole_days_are_replaced_in_the_lake_and_nothing_less() -> None:
    assert refused(FROM="2026-11-01T01:00:00Z") == (
        "--FROM and --TO must be midnights in UTC for target lake, which replaces whole days",
    )
    Request.of(make_argv(FROM="2026-11-01T01:00:00Z", TARGET="compare", DATABASE_URL=DATABASE))


def test_a_range_ends_after_it_begins() -> None:
    assert refused(TO="2026-11-01T00:00:00Z") == ("--TO must be later than --FROM",)


@pytest.mark.parametrize("target", ["postgres", "compare"])
def test_a_database_is_required_where_one_is_used(target: str) -> None:
    [error] = refused(TARGET=target)

    assert "must be given" in error


def test_refused_arguments_end_the_job_before_spark_starts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(make_argv(LAKE="", TO="")) == 2
    assert capsys.readouterr().err.splitlines() == ["--TO is missing", "--LAKE is missing"]
