from __future__ import annotations

import pytest

from chalicelib.errors import BadRequest
from tests.builders import NOON
from tests.unit.anomalies.judging import USUAL, World

LAST = NOON.plus(-1)
FLOOD = USUAL._replace(events=600)


@pytest.fixture
def world() -> World:
    world = World()
    world.roll_up(LAST, click=FLOOD)
    world.judge_hours()()
    return world


def test_what_belongs_together_is_one_alert(world: World) -> None:
    published = world.publish_alerts()({"name": "run"})

    [alert] = world.alerts.published
    assert world.alerted() == [
        (LAST.window_start, "volume", "_all"),
        (LAST.window_start, "volume", "click"),
    ]
    assert published.alerts == [alert.id]
    assert published.to_json() == {"status": "published", "alerts": 1, "anomalies": 2}
    assert published.line["ids"] == [alert.id]


def test_nothing_is_alerted_twice(world: World) -> None:
    world.publish_alerts()({"name": "run"})

    assert world.publish_alerts()({"name": "later"}).to_json()["alerts"] == 0
    assert len(world.alerts.published) == 1


def test_what_is_found_later_in_an_alerted_hour_is_alerted_alone(world: World) -> None:
    world.publish_alerts()({"name": "run"})
    for hour in NOON.plus(-40).until(LAST):
        world.roll_up(hour, click=USUAL, view=USUAL)
    world.roll_up(LAST, click=FLOOD, view=FLOOD)

    world.run("later")

    assert world.alerted()[2:] == [(LAST.window_start, "volume", "view")]


def test_what_another_run_is_publishing_is_left_to_it(world: World) -> None:
    for anomaly in world.anomalies.pending_alerts(LAST, NOON):
        world.anomalies.reserve(anomaly, "other", world.now_ms, world.now_ms + 1)

    assert world.publish_alerts()({"name": "run"}).anomalies == 0
    world.wait(1)
    assert world.publish_alerts()({"name": "run"}).anomalies == 2


@pytest.mark.parametrize("payload", [{}, {"name": ""}, {"name": 7}])
def test_a_run_without_a_name_is_refused(world: World, payload: dict[str, object]) -> None:
    with pytest.raises(BadRequest) as refusal:
        world.publish_alerts()(payload)

    assert refusal.value.field == "name"
    assert world.alerts.published == []
