from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.model.anomaly import Anomaly, Direction, Metric, Withheld
from chalicelib.model.code import Code
from chalicelib.model.explanation import explanation
from chalicelib.query.list_anomalies import REACH, ListAnomalies
from chalicelib.query.routes import ANOMALIES
from tests.builders import NOON, NOON_MS, make_anomaly
from tests.unit.query.builders import make_asked, pages_of, problems_of
from tests.unit.query.fakes import FakeAnomalyReader
from tests.unit.rollup.fakes import KeptAnomaly, key_of

FIRST = NOON.plus(-24)

some_anomalies = st.lists(
    st.builds(
        make_anomaly,
        metric=st.sampled_from(Metric),
        event_type=st.sampled_from(["_all", "click", "page_view"]),
        hour=st.integers(0, 5).map(FIRST.plus),
        direction=st.sampled_from(Direction),
    ),
    max_size=15,
)


def keeping(*anomalies: Anomaly, **fate: Any) -> FakeAnomalyReader:
    reader = FakeAnomalyReader()
    for anomaly in anomalies:
        reader.anomalies.kept[key_of(anomaly)] = KeptAnomaly(anomaly, NOON_MS, **fate)
    return reader


def listed(reader: FakeAnomalyReader, **given: object) -> list[Any]:
    asked = {name.rstrip("_"): value for name, value in given.items()}
    content: Any = ListAnomalies(reader)(make_asked(ANOMALIES, asked)).content
    found: list[Any] = content["anomalies"]
    return found


@given(
    some_anomalies,
    st.integers(1, 4),
    st.sampled_from([None, *Metric]),
    st.sampled_from([None, "click", "click,_all"]),
)
def test_pages_put_together_are_the_whole(
    anomalies: list[Anomaly], limit: int, metric: Metric | None, names: str | None
) -> None:
    reader = keeping(*anomalies)
    given = {"from": FIRST, "metric": metric, "event_type": names}

    pages = pages_of(ListAnomalies(reader), ANOMALIES, {**given, "limit": limit})

    [whole] = pages_of(ListAnomalies(reader), ANOMALIES, {**given, "limit": 1_000})
    rows = [row for page in pages for row in page["anomalies"]]
    assert rows == whole["anomalies"]
    assert all(len(page["anomalies"]) == limit for page in pages[:-1])
    kept = [one.anomaly for one in reader.anomalies.kept.values()]
    chosen = [a for a in kept if metric in (None, a.metric)]
    chosen = [a for a in chosen if names is None or a.event_type in names.split(",")]
    assert len(rows) == len(chosen)
    assert [row["hour"] for row in rows] == sorted((row["hour"] for row in rows), reverse=True)


def test_a_row_has_all_that_is_known_of_an_anomaly() -> None:
    anomaly = make_anomaly(explanation="Volume is above its history.")
    reader = keeping(anomaly, alert_id="alert-1", notified_ms=NOON_MS + 1)

    assert listed(reader) == [
        {
            "hour": "2026-11-20T12:00:00.000Z",
            "event_type": "page_view",
            "metric": "volume",
            "direction": "above",
            "observed": 1236.0,
            "expected": 412.0,
            "scale": 41.2,
            "score": 20.0,
            "threshold": 3.0,
            "baseline": "hour_of_day",
            "history_hours": 14,
            "state": "standing",
            "found_at": "2026-11-20T12:00:00.000Z",
            "withdrawn_at": None,
            "alerted_at": "2026-11-20T12:00:00.001Z",
            "alert_id": "alert-1",
            "withheld": None,
            "explanation": "Volume is above its history.",
        }
    ]


def test_only_what_stands_is_listed_unless_asked_otherwise() -> None:
    reader = keeping(make_anomaly())
    gone = make_anomaly(event_type="click", withheld=Withheld.MUTED)
    reader.anomalies.kept[key_of(gone)] = KeptAnomaly(gone, NOON_MS, withdrawn_ms=NOON_MS + 1)

    assert [row["event_type"] for row in listed(reader)] == ["page_view"]
    assert [row["state"] for row in listed(reader, state="withdrawn")] == ["withdrawn"]
    assert [row["event_type"] for row in listed(reader, state="all")] == ["page_view", "click"]


def test_a_week_is_listed_unless_asked_otherwise() -> None:
    hours = [NOON.plus(-7 * 24), NOON.plus(1 - 7 * 24), NOON]

    rows = listed(keeping(*(make_anomaly(hour=hour) for hour in hours)))

    assert [row["hour"][:13] for row in rows] == [NOON.text, NOON.plus(1 - 7 * 24).text]


@pytest.mark.parametrize("withheld", [None, Withheld.CONTINUED])
def test_an_anomaly_that_was_stored_without_an_explanation_gets_one(
    withheld: Withheld | None,
) -> None:
    anomaly = make_anomaly(withheld=withheld, explanation="")

    [row] = listed(keeping(anomaly))

    assert row["explanation"] == explanation(anomaly, continues=withheld is not None)


@pytest.mark.parametrize("place", [["x"], [1, 2], ["x", "y"], ["x", 1, 2]])
def test_a_cursor_whose_place_makes_no_sense_is_refused(place: list[int | str]) -> None:
    asked = make_asked(ANOMALIES)
    cursor = asked.cursor(asked.span(REACH), place)

    assert problems_of(lambda: listed(keeping(), cursor=cursor)) == [
        ("cursor", Code.INVALID_CURSOR)
    ]
