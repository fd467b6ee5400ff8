from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.anomalies.alert_text import DeploymentNames, alert_of, grouped
from chalicelib.model.anomaly import Anomaly, Baseline, Direction, Metric
from tests.builders import NOON, make_anomaly

NAMES = DeploymentNames("prod", "eventstream-prod-aggregates", "eventstream-prod-anomalies")

TEXT = """\
Volume is far above normal.

Stage     prod
Hour      2026-11-20 12:00 to 13:00 UTC

page_view
  observed  1,236 events
  expected  412 ± 41 events
  score     +20.0 (alert threshold 3)
  history   14 hours: the same hour of the day

Where to look
  rollups    table eventstream-prod-aggregates,
             event_type = page_view,
             window_start = 2026-11-20T12:00:00Z
             (its n_missing counts records still on their way)
  the day    python -m ops report --stage prod --by hour
             --from 2026-11-19T12 --to 2026-11-20T13
  anomalies  table eventstream-prod-anomalies, metric = volume
  in Athena  SELECT event_type, source, count(*)
             FROM events_unique
             WHERE year = '2026' AND month = '11'
             AND day = '20' AND hour = '12'
             GROUP BY 1, 2 ORDER BY 3 DESC
  to mute    ANOMALY_MUTES=page_view.volume

Alert {id}. It is sent when an episode begins, not during it.
Duplicates carry the same id. If late events explain it, its row in the
anomalies table gets withdrawn_at."""

anomalies = st.builds(
    make_anomaly,
    metric=st.sampled_from(Metric),
    event_type=st.from_regex(r"[a-z][a-z0-9_]{0,63}", fullmatch=True),
    direction=st.sampled_from(Direction),
    baseline=st.sampled_from(Baseline),
    observed=st.floats(0, 1e300),
    score=st.floats(-1e300, 1e300),
)


def test_an_alert_says_what_where_and_how_much() -> None:
    alert = alert_of([make_anomaly()], NAMES)

    assert alert.subject == "EventStream prod: volume high, page_view, 2026-11-20 12:00 UTC"
    assert alert.text == TEXT.format(id=alert.id)


def test_a_usual_text_fits_a_narrow_screen() -> None:
    lines = alert_of([make_anomaly()], NAMES).text.splitlines()

    assert max(map(len, lines)) <= 76


def test_a_machine_gets_the_same_as_numbers() -> None:
    alert = alert_of([make_anomaly()], NAMES)

    assert json.loads(json.dumps(alert.body)) == {
        "alert_id": alert.id,
        "stage": "prod",
        "metric": "volume",
        "direction": "above",
        "window_start": "2026-11-20T12:00:00Z",
        "window_end": "2026-11-20T13:00:00Z",
        "anomalies": [
            {
                "event_type": "page_view",
                "observed": 1_236.0,
                "expected": 412.0,
                "scale": 41.2,
                "score": 20.0,
                "threshold": 3.0,
                "baseline": "hour_of_day",
                "history": 14,
            }
        ],
        "text": alert.text,
    }
    assert alert.attributes == {
        "stage": "prod",
        "metric": "volume",
        "direction": "above",
        "event_type": "page_view",
    }


@pytest.mark.parametrize(
    ("metric", "shown"),
    [(Metric.VOLUME, "1 events"), (Metric.LATENCY, "1 ms"), (Metric.ERROR_RATE, "87.65%")],
)
def test_a_figure_has_its_unit(metric: Metric, shown: str) -> None:
    alert = alert_of([make_anomaly(metric=metric, observed=0.8765)], NAMES)

    assert f"  observed  {shown}\n" in alert.text


def test_silence_is_called_by_its_name() -> None:
    silence = make_anomaly(event_type="_all", direction=Direction.NO_DATA, observed=0.0)
    alert = alert_of([silence], NAMES)

    assert alert.subject.startswith("EventStream prod: volume is zero, all event types,")
    assert alert.text.startswith("Volume is zero: no events arrived.\n")


@given(st.lists(anomalies, min_size=1, max_size=50))
def test_a_subject_is_one_that_sns_takes(some: list[Anomaly]) -> None:
    subject = alert_of(some, DeploymentNames("a-stage-of-12", "t", "t")).subject

    assert len(subject) < 100
    assert subject.isascii()
    assert subject.isprintable()


def test_a_message_in_all_its_copies_is_one_that_sns_takes() -> None:
    many = [make_anomaly(event_type=f"{n:064}", score=-1 / 3, scale=1 / 7) for n in range(50)]
    alert = alert_of(many, NAMES)

    copies = [alert.subject, alert.text, *[json.dumps(alert.body)] * 5]
    assert len(json.dumps(copies)) < 256 * 1024


def test_what_is_in_one_alert_is_of_one_hour_metric_and_direction() -> None:
    together = [make_anomaly(), make_anomaly(event_type="click")]
    others = [
        make_anomaly(hour=NOON.plus(1)),
        make_anomaly(metric=Metric.LATENCY),
        make_anomaly(event_type="purchase", direction=Direction.BELOW),
    ]

    groups = [{*group} for group in grouped([*others, *together])]

    assert sorted(map(len, groups)) == [1, 1, 1, 2]
    assert {*together} in groups


def test_earlier_hours_are_alerted_first() -> None:
    late, early = make_anomaly(hour=NOON.plus(1)), make_anomaly(hour=NOON)

    assert [[*group] for group in grouped([late, early])] == [[early], [late]]


def test_the_sum_comes_first_then_what_stands_out_most() -> None:
    found = [
        make_anomaly(event_type="click", score=4.0),
        make_anomaly(event_type="purchase", score=9.0),
        make_anomaly(event_type="_all", score=3.5),
    ]

    [group] = grouped(found)

    assert [anomaly.event_type for anomaly in group] == ["_all", "purchase", "click"]


def test_an_outage_of_many_types_is_one_alert_that_can_be_read() -> None:
    [group] = grouped([make_anomaly(event_type=f"type_{n:02}") for n in range(30)])
    alert = alert_of(group, NAMES)

    assert "+29" in alert.subject
    assert alert.text.count("observed") == 10
    assert "... and 20 more event types" in alert.text
    assert len(alert.body["anomalies"]) == 30  # type: ignore[arg-type]  # a list


def test_more_than_a_message_holds_is_split_over_several() -> None:
    groups = [*grouped([make_anomaly(event_type=f"type_{n:03}") for n in range(120)])]

    assert [len(group) for group in groups] == [50, 50, 20]


def test_a_repeated_alert_has_the_same_id() -> None:
    click, view = make_anomaly(event_type="click"), make_anomaly()
    first = alert_of([click, view], NAMES).id

    assert alert_of([view, make_anomaly(event_type="click", score=5.0)], NAMES).id == first
    assert alert_of([view], NAMES).id != first
    assert alert_of([click, make_anomaly(hour=NOON.plus(1))], NAMES).id != first
