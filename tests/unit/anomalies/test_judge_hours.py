from __future__ import annotations

import pytest

from chalicelib.anomalies import Rules
from chalicelib.model.anomaly import Direction, Metric, Withheld
from chalicelib.model.figures import Figures
from chalicelib.model.rollup import HourMark
from tests.builders import NOON
from tests.unit.anomalies.judging import USUAL, World
from tests.unit.rollup.fakes import FakeAnomalies

LAST = NOON.plus(-1)
FLOOD = USUAL._replace(events=600)


@pytest.fixture
def world() -> World:
    return World()


def standing(anomalies: FakeAnomalies) -> set[tuple[str, Metric, Direction]]:
    every = anomalies.standing(NOON.plus(-100), NOON.plus(100))
    return {(anomaly.event_type, anomaly.metric, anomaly.direction) for anomaly in every}


def test_quiet_hours_are_judged_and_nothing_is_found(world: World) -> None:
    judgement = world.judge_hours()()

    assert len(judgement.hours) == 40
    assert (judgement.found, judgement.pending_alerts) == ([], 0)
    assert world.anomalies.kept == {}


def test_an_hour_that_stands_out_is_kept_with_the_reason(world: World) -> None:
    world.roll_up(LAST, click=FLOOD)

    judgement = world.judge_hours()()

    [whole, click] = sorted(judgement.found, key=lambda anomaly: anomaly.event_type)
    assert (whole.event_type, click.event_type) == ("_all", "click")
    assert (click.metric, click.direction, click.hour) == (Metric.VOLUME, Direction.ABOVE, LAST)
    assert (click.observed, click.expected, click.threshold) == (600, 100, 3)
    assert click.score > 3
    assert click.history >= 4
    assert click.explanation.startswith("Volume is above its history: 600 events, where 100 ±")
    assert judgement.pending_alerts == 2


def test_each_metric_is_judged(world: World) -> None:
    world.roll_up(NOON.plus(-6), click=USUAL._replace(latency_p95_ms=2_000.0))
    world.roll_up(NOON.plus(-3), click=USUAL._replace(errors=60))
    world.roll_up(NOON.plus(-1))

    world.judge_hours()()

    assert standing(world.anomalies) == {
        (event_type, metric, direction)
        for event_type in ("_all", "click")
        for metric, direction in (
            (Metric.LATENCY, Direction.ABOVE),
            (Metric.ERROR_RATE, Direction.ABOVE),
            (Metric.VOLUME, Direction.NO_DATA),
        )
    }


def test_an_hour_is_judged_once(world: World) -> None:
    world.judge_hours()()

    assert world.judge_hours()().hours == []


def test_an_hour_that_is_rolled_up_again_is_judged_again(world: World) -> None:
    world.roll_up(LAST, click=FLOOD)
    world.judge_hours()()
    world.roll_up(LAST, click=USUAL)

    judgement = world.judge_hours()()

    assert judgement.hours == [LAST]
    assert standing(world.anomalies) == set()


def test_the_hour_that_is_not_over_is_not_judged(world: World) -> None:
    world.roll_up(NOON, click=Figures(3))

    assert NOON not in world.judge_hours()().hours


def test_an_hour_that_is_not_rolled_up_is_not_judged(world: World) -> None:
    world.marks.marks[LAST] = HourMark(LAST, 1, 0)
    del world.aggregates.kept_figures[LAST]

    assert LAST not in world.judge_hours()().hours
    assert standing(world.anomalies) == set()


def test_hours_are_judged_in_order_so_that_the_second_of_a_flood_goes_on(world: World) -> None:
    world.roll_up(NOON.plus(-2), click=FLOOD)
    world.roll_up(NOON.plus(-1), click=FLOOD)

    found = world.judge_hours()().found

    click = [anomaly for anomaly in found if anomaly.event_type == "click"]
    assert [(a.hour, a.withheld) for a in click] == [
        (NOON.plus(-2), None),
        (NOON.plus(-1), Withheld.CONTINUED),
    ]


def test_what_was_found_earlier_goes_on_in_a_later_run(world: World) -> None:
    world.roll_up(LAST, click=FLOOD)
    world.judge_hours()()
    world.wait(1)
    world.roll_up(NOON, click=FLOOD)

    found = world.judge_hours()().found

    assert {anomaly.withheld for anomaly in found} == {Withheld.CONTINUED}


def test_what_is_muted_sends_no_alert_but_is_kept(world: World) -> None:
    world.roll_up(LAST, click=FLOOD)

    judgement = world.judge_hours(rules=Rules(mutes=frozenset({"click.volume"})))()

    assert {a.event_type: a.withheld for a in judgement.found} == {
        "_all": None,
        "click": Withheld.MUTED,
    }
    assert judgement.pending_alerts == 1


def test_a_threshold_of_its_own_makes_a_series_less_sharp(world: World) -> None:
    world.roll_up(LAST, click=FLOOD)

    found = world.judge_hours(rules=Rules(3.0, {"click": 1_000.0}))().found

    assert [anomaly.event_type for anomaly in found] == ["_all"]


def test_what_is_found_a_day_late_is_history(world: World) -> None:
    world.roll_up(NOON.plus(-1), click=FLOOD)
    world.wait(25)
    assert {a.withheld for a in world.judge_hours()().found} == {Withheld.LATE}


def test_what_could_not_be_alerted_in_a_day_is_still_news_though_its_hour_is_restated(
    world: World,
) -> None:
    world.roll_up(LAST, click=FLOOD)
    world.judge_hours()()
    world.wait(30)
    world.roll_up(LAST, click=FLOOD._replace(events=601))

    judgement = world.judge_hours()()

    assert {anomaly.withheld for anomaly in judgement.found} == {None}
    assert judgement.pending_alerts == 2


def test_of_many_event_types_the_busiest_are_judged(world: World) -> None:
    for n, hour in enumerate(NOON.plus(-40).until(NOON)):
        rare = {f"rare_{n}_{k}": Figures(1) for k in range(5)}
        world.roll_up(hour, click=USUAL, **rare)
    world.roll_up(LAST, click=FLOOD)

    found = world.judge_hours(max_types=2)().found

    assert {anomaly.event_type for anomaly in found} == {"_all", "click"}


def test_the_sum_over_types_without_a_row_is_not_judged(world: World) -> None:
    for hour in NOON.plus(-40).until(NOON):
        world.roll_up(hour, _other=USUAL)
    world.roll_up(LAST, _other=FLOOD)

    assert {anomaly.event_type for anomaly in world.judge_hours()().found} == {"_all"}


def test_of_too_many_hours_the_last_are_judged_and_the_rest_is_left(world: World) -> None:
    judge = world.judge_hours(max_hours=30)

    first = judge()
    second = judge()

    assert (len(first.hours), first.left, first.hours[-1]) == (30, 10, LAST)
    assert (len(second.hours), second.left) == (10, 0)


def test_more_anomalies_than_a_transaction_takes_are_kept_in_several(world: World) -> None:
    types = [f"type_{n}" for n in range(5)]
    for hour in NOON.plus(-40).until(NOON):
        world.roll_up(hour, **dict.fromkeys(types, USUAL))
    world.roll_up(LAST, **dict.fromkeys(types, FLOOD))

    found = world.judge_hours(max_changes=2)().found

    assert len(found) == len(world.anomalies.kept) == 6


def test_a_judgement_is_handed_on_and_logged_in_counts(world: World) -> None:
    world.roll_up(LAST, click=FLOOD)

    judgement = world.judge_hours()()

    assert judgement.to_json() == {
        "status": "judged",
        "hours": 40,
        "superseded": 0,
        "left": 0,
        "anomalies": 2,
        "pending_alerts": 2,
    }
    assert judgement.line["found"] == [
        "_all.volume above 2026-11-20T11:00:00Z",
        "click.volume above 2026-11-20T11:00:00Z",
    ]


def test_an_outage_that_continues_is_alerted_although_it_was_found_late(world: World) -> None:
    world.run()
    world.wait(31)
    for hour in NOON.until(NOON.plus(31)):
        world.roll_up(hour)

    world.run()
    world.wait(1)
    world.roll_up(NOON.plus(31))
    world.run()

    assert world.alerted() == [
        (NOON.plus(6).window_start, "volume", "_all"),
        (NOON.plus(6).window_start, "volume", "click"),
    ]


def test_what_continues_is_alerted_when_it_is_no_longer_muted(world: World) -> None:
    mute = Rules(mutes=frozenset({"click", "_all"}))
    world.roll_up(LAST, click=FLOOD)
    world.judge_hours(rules=mute)()
    world.roll_up(NOON, click=FLOOD)
    world.wait(1)

    world.run()

    assert {hour for hour, _, _ in world.alerted()} == {NOON.window_start}


def test_an_episode_that_was_alerted_continues_however_late_its_hours_are(world: World) -> None:
    world.roll_up(LAST)
    world.run()
    alerted = world.alerted()
    world.wait(31)
    for hour in NOON.until(NOON.plus(31)):
        world.roll_up(hour)

    world.run()

    assert world.alerted() == alerted
