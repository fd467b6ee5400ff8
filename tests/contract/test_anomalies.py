"""What every Anomalies must do, asked of the fake and of DynamoDB alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chalicelib.anomalies.ports import Anomalies
from chalicelib.aws.anomalies import DynamoAnomalies
from chalicelib.errors import Superseded
from chalicelib.model.anomaly import Anomaly, Direction, Metric, Withheld
from chalicelib.model.hour import Hour
from tests.builders import NOON, NOON_MS, make_anomaly
from tests.contract.conftest import ANOMALIES_TABLE
from tests.unit.rollup.fakes import FakeAnomalies, key_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

pytestmark = pytest.mark.contract

NEXT = NOON.plus(1)


@pytest.fixture(params=["fake", "dynamodb"])
def anomalies(request: pytest.FixtureRequest) -> Anomalies:
    if request.param == "fake":
        return FakeAnomalies()
    client: DynamoDBClient = request.getfixturevalue("dynamodb")
    return DynamoAnomalies(client, ANOMALIES_TABLE)


def keep(anomalies: Anomalies, *found: Anomaly, hour: Hour = NOON) -> None:
    """Keep anomalies as all that an hour has."""
    again = {key_of(anomaly) for anomaly in found}
    standing = anomalies.standing(hour, hour.plus(1))
    anomalies.claim(hour, 1)
    gone = [anomaly for anomaly in standing if key_of(anomaly) not in again]
    anomalies.replace(hour, 1, found, gone, NOON_MS)


def test_an_anomaly_comes_back_as_it_was_found(anomalies: Anomalies) -> None:
    found = [
        make_anomaly(),
        make_anomaly(event_type="_all", score=-1e-9, observed=0.1 + 0.2),
        make_anomaly(metric=Metric.ERROR_RATE, withheld=Withheld.MUTED),
        make_anomaly(event_type="click", explanation="Above: 2,000 against 520 expected."),
    ]

    keep(anomalies, *found)

    assert sorted(anomalies.standing(NOON, NEXT), key=str) == sorted(found, key=str)


def test_a_figure_nearer_to_zero_than_dynamodb_has_numbers_is_kept(anomalies: Anomalies) -> None:
    keep(anomalies, make_anomaly(expected=5e-324))

    [kept] = anomalies.standing(NOON, NEXT)
    assert kept.expected < 1e-100


def test_only_the_hours_of_a_range_are_listed(anomalies: Anomalies) -> None:
    for hour in (NOON.plus(-1), NOON, NEXT, NOON.plus(2)):
        keep(anomalies, make_anomaly(hour=hour), hour=hour)

    assert [a.hour for a in anomalies.standing(NOON, NOON.plus(2))] == [NOON, NEXT]
    assert anomalies.standing(NOON, NOON) == []


def test_what_is_not_found_again_is_withdrawn(anomalies: Anomalies) -> None:
    keep(anomalies, make_anomaly(), make_anomaly(event_type="click"))

    keep(anomalies, make_anomaly(event_type="click"))

    assert anomalies.standing(NOON, NEXT) == [make_anomaly(event_type="click")]
    assert anomalies.pending_alerts(NOON, NEXT) == [make_anomaly(event_type="click")]


def test_an_anomaly_that_changes_direction_awaits_its_own_alert(anomalies: Anomalies) -> None:
    silence = make_anomaly(direction=Direction.NO_DATA)
    keep(anomalies, silence)
    anomalies.notified(silence, "alert-1", NOON_MS)

    keep(anomalies, make_anomaly())

    assert (
        anomalies.pending_alerts(NOON, NEXT) == anomalies.standing(NOON, NEXT) == [make_anomaly()]
    )


def test_what_is_found_after_all_stands_again(anomalies: Anomalies) -> None:
    keep(anomalies, make_anomaly())
    keep(anomalies)

    keep(anomalies, make_anomaly(observed=8.0))

    assert anomalies.pending_alerts(NOON, NEXT) == [make_anomaly(observed=8.0)]


def test_what_is_not_withheld_awaits_an_alert(anomalies: Anomalies) -> None:
    keep(
        anomalies,
        make_anomaly(),
        *(make_anomaly(event_type=why.value, withheld=why) for why in Withheld),
    )

    assert anomalies.pending_alerts(NOON, NEXT) == [make_anomaly()]


def test_what_is_no_longer_withheld_awaits_an_alert(anomalies: Anomalies) -> None:
    keep(anomalies, make_anomaly(withheld=Withheld.CONTINUED))

    keep(anomalies, make_anomaly())

    assert anomalies.pending_alerts(NOON, NEXT) == [make_anomaly()]


def test_an_alert_that_was_sent_is_not_pending_again(anomalies: Anomalies) -> None:
    keep(anomalies, make_anomaly())
    anomalies.notified(make_anomaly(), "alert-1", NOON_MS)

    keep(anomalies)
    keep(anomalies, make_anomaly(observed=8.0))

    assert anomalies.pending_alerts(NOON, NEXT) == []
    assert anomalies.standing(NOON, NEXT) == [make_anomaly(observed=8.0)]


def test_what_one_has_reserved_no_other_gets(anomalies: Anomalies) -> None:
    keep(anomalies, make_anomaly())

    assert anomalies.reserve(make_anomaly(), "run-1", 1_000, 2_000)
    assert not anomalies.reserve(make_anomaly(), "run-2", 1_999, 2_999)
    assert anomalies.reserve(make_anomaly(), "run-1", 1_999, 2_999)


def test_a_reservation_ends(anomalies: Anomalies) -> None:
    keep(anomalies, make_anomaly())
    anomalies.reserve(make_anomaly(), "run-1", 1_000, 2_000)

    assert anomalies.reserve(make_anomaly(), "run-2", 2_000, 3_000)
    assert not anomalies.reserve(make_anomaly(), "run-1", 2_500, 3_500)


def test_what_was_alerted_or_withdrawn_or_never_found_is_not_reserved(
    anomalies: Anomalies,
) -> None:
    keep(anomalies, make_anomaly(), make_anomaly(event_type="gone"))
    keep(anomalies, make_anomaly())
    anomalies.notified(make_anomaly(), "alert-1", NOON_MS)

    for event_type in ("page_view", "gone", "never"):
        anomaly = make_anomaly(event_type=event_type)
        assert not anomalies.reserve(anomaly, "run-1", 1_000, 2_000)
    assert anomalies.standing(NOON, NEXT) == [make_anomaly()]


def test_a_judgement_that_was_overtaken_changes_nothing(anomalies: Anomalies) -> None:
    anomalies.claim(NOON, 1)
    anomalies.claim(NOON, 2)

    with pytest.raises(Superseded):
        anomalies.replace(NOON, 1, [make_anomaly()], [], NOON_MS)
    anomalies.finish(NOON, 1)

    assert anomalies.standing(NOON, NEXT) == []
    assert anomalies.judged(NOON, NEXT) == {}


def test_an_older_claim_is_refused(anomalies: Anomalies) -> None:
    anomalies.claim(NOON, 2)

    with pytest.raises(Superseded):
        anomalies.claim(NOON, 1)

    anomalies.claim(NOON, 2)


def test_an_hour_is_judged_when_its_judgement_is_finished(anomalies: Anomalies) -> None:
    anomalies.claim(NOON, 1)
    assert anomalies.judged(NOON, NEXT) == {}

    anomalies.finish(NOON, 1)
    anomalies.claim(NOON, 3)
    assert anomalies.judged(NOON, NEXT) == {NOON: 1}

    anomalies.finish(NOON, 3)
    assert anomalies.judged(NOON, NEXT) == {NOON: 3}
    assert anomalies.judged(NEXT, NOON.plus(2)) == {}


def test_as_many_changes_as_a_judgement_makes_fit_at_once(anomalies: Anomalies) -> None:
    found = [make_anomaly(event_type=f"type_{n:02}") for n in range(99)]

    keep(anomalies, *found)

    assert len(anomalies.standing(NOON, NEXT)) == 99
