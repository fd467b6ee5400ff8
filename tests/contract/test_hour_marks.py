"""What every HourMarks must do, asked of the fake and of DynamoDB alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chalicelib.aws.hour_marks import DynamoHourMarks
from chalicelib.model.hour import Hour
from chalicelib.model.rollup import DueHour
from tests.builders import NOON, NOON_MS
from tests.contract.conftest import AGGREGATES_TABLE
from tests.unit.rollup.fakes import FakeHourMarks

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

pytestmark = pytest.mark.contract

type Marks = FakeHourMarks | DynamoHourMarks

NEXT = NOON.plus(1)


@pytest.fixture(params=["fake", "dynamodb"])
def marks(request: pytest.FixtureRequest) -> Marks:
    if request.param == "fake":
        return FakeHourMarks()
    client: DynamoDBClient = request.getfixturevalue("dynamodb")
    return DynamoHourMarks(client, AGGREGATES_TABLE)


def hours_due(marks: Marks, until: Hour) -> list[Hour]:
    """The hours that have changed since they were rolled up."""
    return [due.hour for due in marks.due(until) if due.has_changed]


def hours_unsealed(marks: Marks) -> list[Hour]:
    return [due.hour for due in marks.due(NEXT) if not due.has_changed]


def test_an_hour_that_nobody_touched_has_no_marks(marks: Marks) -> None:
    assert hours_due(marks, NOON) == []
    assert marks.rolled(NOON, NEXT) == {}


def test_every_beginning_gets_a_number_of_its_own(marks: Marks) -> None:
    assert [marks.begin(NOON, NOON_MS) for _ in range(3)] == [1, 2, 3]
    assert marks.begin(NOON.plus(1), NOON_MS) == 1


def test_an_hour_is_due_until_the_last_to_begin_has_finished(marks: Marks) -> None:
    first, second = marks.begin(NOON, NOON_MS), marks.begin(NOON, NOON_MS)

    marks.finish(NOON, first)
    assert hours_due(marks, NOON) == [NOON]

    marks.finish(NOON, second)
    assert hours_due(marks, NOON) == []
    assert marks.rolled(NOON, NEXT) == {NOON: 2}


def test_an_older_rollup_that_finishes_late_changes_nothing(marks: Marks) -> None:
    first, second = marks.begin(NOON, NOON_MS), marks.begin(NOON, NOON_MS)
    marks.finish(NOON, second)

    marks.finish(NOON, first)

    assert hours_due(marks, NOON) == []
    assert marks.rolled(NOON, NEXT) == {NOON: 2}


def test_an_hour_is_marked_without_being_tried(marks: Marks) -> None:
    marks.mark(NOON)

    assert list(marks.due(NOON)) == [DueHour(NOON, 0, None)]


def test_it_is_known_when_an_hour_was_tried_and_since_when_without_success(marks: Marks) -> None:
    for now_ms in (10, 20, 30):
        marks.begin(NOON, now_ms)

    assert list(marks.due(NOON)) == [DueHour(NOON, 30, 10)]


def test_a_rollup_that_finishes_ends_a_row_of_failures(marks: Marks) -> None:
    marks.begin(NOON, 10)
    mark = marks.begin(NOON, 20)
    marks.mark(NOON)

    marks.finish(NOON, mark)

    assert list(marks.due(NOON)) == [DueHour(NOON, 20, None)]


def test_who_finishes_learns_whether_the_hour_has_changed_since(marks: Marks) -> None:
    first = marks.begin(NOON, 10)
    assert marks.finish(NOON, first)

    second = marks.begin(NOON, 20)
    marks.mark(NOON)
    assert not marks.finish(NOON, second)
    assert not marks.finish(NOON, first)


def test_finishing_twice_is_finishing_once(marks: Marks) -> None:
    mark = marks.begin(NOON, NOON_MS)

    marks.finish(NOON, mark)
    marks.finish(NOON, mark)

    assert hours_due(marks, NOON) == []
    assert marks.rolled(NOON, NEXT) == {NOON: 1}


def test_a_mark_that_was_never_given_is_never_reached(marks: Marks) -> None:
    marks.finish(NOON, 5)

    assert hours_due(marks, NOON) == []
    assert marks.rolled(NOON, NEXT) == {}


def test_due_hours_come_oldest_first_up_to_and_with_the_last(marks: Marks) -> None:
    for offset in (2, -30, 0, 1):
        marks.begin(NOON.plus(offset), NOON_MS)

    assert hours_due(marks, NOON.plus(1)) == [NOON.plus(-30), NOON, NOON.plus(1)]


def test_an_hour_is_unsealed_from_its_rollup_until_it_is_sealed_as_far(marks: Marks) -> None:
    marks.finish(NOON, marks.begin(NOON, NOON_MS))
    assert hours_unsealed(marks) == [NOON]

    marks.finish_seal(NOON, marks.begin_seal(NOON, NOON_MS))
    assert hours_unsealed(marks) == []

    marks.finish(NOON, marks.begin(NOON, NOON_MS))
    assert hours_unsealed(marks) == [NOON]


def test_sealing_is_numbered_by_the_last_change_and_is_none_itself(marks: Marks) -> None:
    marks.mark(NOON)
    marks.begin(NOON, NOON_MS)

    assert [marks.begin_seal(NOON, NOON_MS) for _ in range(2)] == [2, 2]
    assert marks.begin_seal(NEXT, NOON_MS) == 0


def test_an_older_sealer_that_finishes_late_changes_nothing(marks: Marks) -> None:
    older = marks.begin_seal(NOON, NOON_MS)
    marks.finish(NOON, marks.begin(NOON, NOON_MS))
    marks.finish_seal(NOON, marks.begin_seal(NOON, NOON_MS))

    marks.finish_seal(NOON, older)

    assert hours_unsealed(marks) == []


def test_an_hour_that_changed_is_due_for_that_and_not_for_sealing(marks: Marks) -> None:
    marks.finish(NOON, marks.begin(NOON, NOON_MS))
    marks.mark(NOON)

    assert (hours_due(marks, NOON), hours_unsealed(marks)) == ([NOON], [])


def test_sealing_an_hour_that_nobody_touched_makes_it_not_due(marks: Marks) -> None:
    marks.finish_seal(NOON, marks.begin_seal(NOON, NOON_MS))

    assert list(marks.due(NEXT)) == []


def test_it_is_known_since_when_an_hour_could_not_be_sealed(marks: Marks) -> None:
    marks.finish(NOON, marks.begin(NOON, 10))
    for now_ms in (20, 30):
        mark = marks.begin_seal(NOON, now_ms)
    assert list(marks.due(NOON)) == [DueHour(NOON, 30, 20, has_changed=False)]

    marks.finish_seal(NOON, mark)
    marks.finish(NOON, marks.begin(NOON, 40))
    assert list(marks.due(NOON)) == [DueHour(NOON, 30, None, has_changed=False)]


@pytest.mark.parametrize("n_hours", [2_000])
def test_due_hours_are_found_on_every_page(dynamodb: DynamoDBClient, n_hours: int) -> None:
    hours = NOON.until(NOON.plus(n_hours))
    items = [
        {
            "event_type": {"S": "_hour"},
            "window_start": {"S": hour.window_start},
            "marked": {"N": "1"},
            "ballast": {"S": "x" * 1_000},
        }
        for hour in hours
    ]
    for first in range(0, n_hours, 25):
        requests = [{"PutRequest": {"Item": item}} for item in items[first : first + 25]]
        dynamodb.batch_write_item(RequestItems={AGGREGATES_TABLE: requests})  # type: ignore[dict-item]  # literals

    assert hours_due(DynamoHourMarks(dynamodb, AGGREGATES_TABLE), hours[-1]) == hours


def test_marks_are_forgotten_a_month_after_the_rows(dynamodb: DynamoDBClient) -> None:
    DynamoHourMarks(dynamodb, AGGREGATES_TABLE).mark(NOON)

    key = {"event_type": {"S": "_hour"}, "window_start": {"S": NOON.window_start}}
    item = dynamodb.get_item(TableName=AGGREGATES_TABLE, Key=key)["Item"]
    assert int(item["expires_at"]["N"]) * 1000 == NOON.plus(1).start_ms + 430 * 86_400_000


def test_hours_of_a_range_have_the_mark_they_are_rolled_up_to(marks: Marks) -> None:
    for hour in (NOON.plus(-1), NOON, NOON.plus(1), NOON.plus(2)):
        marks.finish(hour, marks.begin(hour, NOON_MS))
    marks.finish(NOON, marks.begin(NOON, NOON_MS))
    marks.begin(NOON.plus(1), NOON_MS)

    assert marks.rolled(NOON, NOON.plus(2)) == {NOON: 2, NOON.plus(1): 1}


def test_an_hour_that_was_never_rolled_up_is_left_out(marks: Marks) -> None:
    marks.begin(NOON, NOON_MS)

    assert marks.rolled(NOON, NOON.plus(1)) == {}
