"""Results that are stored by a deployed run are those of the raw events, worked out one by one."""

from __future__ import annotations

import secrets
import time
from dataclasses import replace
from random import Random
from typing import Any

import orjson
import pytest

from chalicelib.aws.experiment_results import DynamoExperimentResults
from chalicelib.aws.experiments import DynamoExperiments
from chalicelib.model import instant
from chalicelib.model.experiment import Experiment, Metric, MetricKind, Status
from chalicelib.model.experiment_results import Results
from chalicelib.model.hour import Hour
from ops.demo import read_back
from ops.demo.follow import follow
from ops.local.cloud import Cloud
from ops.rebuild.roll_up import roll_up
from tests.e2e.http import ask
from tests.e2e.waiting import PATIENCE_S
from tests.unit.experiments.expected import expected_of, figures
from tests.unit.experiments.worlds import OFFSETS, make_experiment
from tests.unit.rollup.builders import Row, at, make_row

pytestmark = pytest.mark.e2e

N_EVENTS = 1_200
N_USERS = 150
VARIANTS = ("control", "treatment", "treatment", "not_defined")
# Of this test alone, since others send events of the known types in the same hours.
ORDER, RATING = "trial_order", "trial_rating"
METRICS = (
    Metric(key="orders", event_type=ORDER),
    Metric(
        key="revenue", event_type=ORDER, kind=MetricKind.SUM, property="amount", currency="EUR"
    ),
    Metric(key="rating", event_type=RATING, kind=MetricKind.MEAN, property="value"),
)

type Event = dict[str, Any]


@pytest.fixture(scope="module")
def first() -> Hour:
    return Hour.of(time.time_ns() // 1_000_000).plus(-7)


@pytest.fixture(scope="module")
def experiment(first: Hour) -> Experiment:
    """Two hours after a pre-period of two, stopped an hour before the events end."""
    return make_experiment(
        experiment_id=f"trial-{secrets.token_hex(4)}",
        primary=METRICS[0],
        secondary=METRICS[1:],
        started=first.plus(2),
        stopped=first.plus(4),
        status=Status.STOPPED,
        pre_period_hours=2,
    )


def make_events(experiment: Experiment, first: Hour, n: int, chance: Random) -> list[Event]:
    return [_event(experiment, first, chance) for _ in range(n)]


def _event(experiment: Experiment, first: Hour, chance: Random) -> Event:
    hour = first.plus(chance.randrange(5))
    event_type, properties = chance.choice(
        [
            (
                "exposure",
                {"experiment_id": experiment.experiment_id, "variant": chance.choice(VARIANTS)},
            ),
            (ORDER, {"amount": chance.choice([1.5, 20.0, 99.99]), "currency": "EUR"}),
            (ORDER, {"amount": 7.0, "currency": "USD"}),
            (RATING, {"value": chance.choice([1, 4.5, 2e9])}),
        ]
    )
    return {
        "event_id": secrets.token_hex(8),
        "event_type": event_type,
        "source": "web",
        "user_id": f"{experiment.experiment_id}-{chance.randrange(N_USERS)}",
        "timestamp": instant.to_text(hour.start_ms + chance.choice(OFFSETS)),
        "properties": properties,
    }


def send(cloud: Cloud, events: list[Event]) -> None:
    """Send in batches, and the first of them once more, as clients do that miss an answer."""
    for start in (*range(0, len(events), 400), 0):
        batch = {"events": events[start : start + 400]}
        answer = ask(cloud.api_url, "POST", "/events/batch", batch, cloud.api_key)
        assert answer.status == 200, answer
    follow(cloud, read_back.stream_records(cloud), lambda _account: None, PATIENCE_S)


def row_of(event: Event) -> Row:
    """Return the lake row of an event, as far as the oracle asks."""
    properties = event["properties"]
    return make_row(
        event_id=event["event_id"],
        event_type=event["event_type"],
        user_id=event["user_id"],
        timestamp=at(instant.from_text(event["timestamp"])),
        properties=orjson.dumps(properties).decode(),
        amount=properties.get("amount"),
        currency=properties.get("currency"),
        value=properties.get("value"),
    )


def stored(cloud: Cloud, experiment: Experiment) -> Results:
    table = cloud.names.table("experiments")
    found = DynamoExperimentResults(cloud.client("dynamodb"), table).newest(
        experiment.experiment_id
    )
    assert found is not None
    return found


def compute(cloud: Cloud, first: Hour) -> None:
    assert roll_up(cloud, first, first.plus(5), lambda _n: None).status == "SUCCEEDED"


def test_stored_results_are_those_of_the_raw_events(
    cloud: Cloud, experiment: Experiment, first: Hour
) -> None:
    chance = Random(experiment.experiment_id)
    definitions = DynamoExperiments(cloud.client("dynamodb"), cloud.names.table("experiments"))
    definitions.save(experiment, None)
    events = make_events(experiment, first, N_EVENTS, chance)
    send(cloud, events)
    compute(cloud, first)
    before = stored(cloud, experiment)

    assert figures(before.to_json()) == pytest.approx(
        figures(expected_of(experiment, map(row_of, events)).to_json())
    )
    assert before.exclusions.crossovers > 0

    late = make_events(experiment, first, N_EVENTS // 10, chance)
    events += late
    send(cloud, late)
    changed = replace(experiment, version=2, horizon_hours=0)
    definitions.save(changed, experiment.version)
    compute(cloud, first)
    after = stored(cloud, experiment)

    assert figures(after.to_json()) == pytest.approx(
        figures(expected_of(changed, map(row_of, events)).to_json())
    )
    assert {look.at_ms for look in after.looks} == {before.at_ms, after.at_ms}

    answer = answered(cloud, experiment)
    for part in ("conclusion", "conclusions", "metrics", "split", "exclusions", "users"):
        assert figures(answer[part]) == figures(after.to_json()[part]), part
    assert (answer["version"], answer["status"]) == (2, "stopped")
    assert len({look["at"] for look in answer["looks"]}) == 2


def answered(cloud: Cloud, experiment: Experiment) -> dict[str, Any]:
    path = f"/experiments/{experiment.experiment_id}/results"
    answer = ask(cloud.api_url, "GET", path, None, cloud.read_key)
    assert answer.status == 200, answer
    content: dict[str, Any] = answer.body
    return content


def test_an_experiment_without_results_says_why(cloud: Cloud) -> None:
    draft = make_experiment(
        experiment_id=f"draft-{secrets.token_hex(4)}", status=Status.DRAFT, started=None
    )
    definitions = DynamoExperiments(cloud.client("dynamodb"), cloud.names.table("experiments"))
    definitions.save(draft, None)

    answer = answered(cloud, draft)

    assert answer["computed_at"] is None
    assert (answer["conclusion"]["verdict"], answer["conclusion"]["cause"]) == (
        "too early",
        "draft",
    )
