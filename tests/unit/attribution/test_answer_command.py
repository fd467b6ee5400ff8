"""A command of an invocation is checked before anything is started."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.attribution.answer_command import AnswerCommand
from chalicelib.attribution.control_job import ControlJob
from chalicelib.attribution.watch_job import WatchJob
from tests.unit.attribution.fake_job import FakeJobRuns


def make_backfill(**changes: Any) -> dict[str, Any]:
    asked = {"do": "backfill", "from": "2026-11-01T00:00:00Z", "to": "2026-11-02T00:00:00Z"}
    return asked | changes


def answering(stream: FakeJobRuns, range_: FakeJobRuns) -> AnswerCommand:
    watch = WatchJob(stream, lambda: 0, 1)
    return AnswerCommand(ControlJob("streams", stream), ControlJob("range", range_), watch)


def test_each_command_does_what_it_says() -> None:
    stream, range_ = FakeJobRuns(), FakeJobRuns()
    answer = answering(stream, range_)

    said = [answer({"do": one}).to_json() for one in ("start", "start", "status", "stop")]

    assert [one.get("outcome") for one in said] == [
        "started",
        "already running",
        None,
        "stopping",
    ]
    assert said[2]["is_running"]
    assert range_.runs == []


def test_a_backfill_is_a_run_of_the_other_job_with_its_range() -> None:
    stream, range_ = FakeJobRuns(), FakeJobRuns()

    answering(stream, range_)(make_backfill(model="linear", target="lake"))

    assert range_.arguments == [
        {
            "FROM": "2026-11-01T00:00:00.000Z",
            "TO": "2026-11-02T00:00:00.000Z",
            "TARGET": "lake",
            "MODEL": "linear",
        }
    ]
    assert stream.runs == []


@pytest.mark.parametrize(
    ("event", "fault"),
    [
        ({}, "do must be start, stop, status, backfill"),
        ({"do": "dance"}, "do must be"),
        (make_backfill(to="2026-11-01T00:00:00Z"), "to must be after from"),
        (make_backfill(to="soon"), "to must be an instant"),
        ({"do": "backfill"}, "from must be an instant"),
        (make_backfill(model="second_click"), "model must be one of first_click"),
        (make_backfill(to="2026-11-01T12:00:00Z", target="lake"), "must be midnights in UTC"),
        (make_backfill(target="moon"), "target must be one of postgres, lake, compare"),
    ],
)
def test_a_wrong_command_is_refused_and_starts_nothing(event: dict[str, Any], fault: str) -> None:
    stream, range_ = FakeJobRuns(), FakeJobRuns()

    with pytest.raises(ValueError, match=fault):
        answering(stream, range_)(event)
    assert stream.runs == range_.runs == []
