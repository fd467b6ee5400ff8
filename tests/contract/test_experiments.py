from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import boto3
import pytest

from chalicelib.aws.experiments import DynamoExperiments
from chalicelib.errors import StoreUnavailable, VersionConflict
from chalicelib.model.experiment import Direction, Experiment, Metric, MetricKind, Status, Variant
from chalicelib.model.hour import Hour
from tests.builders import make_experiment
from tests.contract.conftest import EXPERIMENTS_TABLE
from tests.fakes import FakeExperiments

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

pytestmark = pytest.mark.contract


class Store(Protocol):
    def find(self, experiment_id: str) -> Experiment | None: ...
    def current(self) -> Sequence[Experiment]: ...
    def versions(self, experiment_id: str) -> Sequence[Experiment]: ...
    def save(self, experiment: Experiment, replaces: int | None) -> None: ...


@pytest.fixture(params=["fake", "dynamodb"])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "fake":
        return FakeExperiments()
    client: DynamoDBClient = request.getfixturevalue("dynamodb")
    return DynamoExperiments(client, EXPERIMENTS_TABLE)


FULL = make_experiment(
    hypothesis="Green is seen sooner.",
    status=Status.STOPPED,
    variants=(Variant("control", 3_333), Variant("b", 3_333), Variant("C_2", 3_334)),
    coverage=2_001,
    namespace="page",
    namespace_range=(5_000, 10_000),
    secondary=(
        Metric(
            key="revenue",
            event_type="purchase",
            kind=MetricKind.SUM,
            property="amount",
            currency="EUR",
        ),
    ),
    guardrails=(Metric(key="errors", event_type="error", direction=Direction.DECREASE),),
    target_lift=0.05,
    planned_users=10_000,
    planned_days=14,
    horizon_hours=72,
    pre_period_hours=168,
    enriched_types=("page_view",),
    assigned={"usr_ü": "b"},
    stopped=Hour.parse("2026-11-22T10"),
)


@pytest.mark.parametrize("experiment", [make_experiment(), FULL], ids=["plain", "full"])
def test_a_definition_is_read_as_it_was_saved(store: Store, experiment: Experiment) -> None:
    store.save(experiment, None)

    assert store.find("button") == experiment
    assert [*store.current()] == [*store.versions("button")] == [experiment]


def test_what_was_never_saved_is_not_found(store: Store) -> None:
    assert store.find("button") is None
    assert [*store.current()] == [*store.versions("button")] == []


def test_every_version_is_kept_in_order_and_the_newest_is_current(store: Store) -> None:
    versions = [make_experiment(version=n, name=f"no. {n}") for n in range(1, 12)]
    for one in versions:
        store.save(one, one.version - 1 or None)

    assert [*store.versions("button")] == versions
    assert [*store.current()] == versions[-1:]


def test_current_definitions_are_in_the_order_of_their_ids(store: Store) -> None:
    for name in ("b", "a", "c"):
        store.save(make_experiment(experiment_id=name), None)

    assert [one.experiment_id for one in store.current()] == ["a", "b", "c"]


def test_an_id_that_exists_is_not_created_again(store: Store) -> None:
    store.save(make_experiment(), None)

    with pytest.raises(VersionConflict):
        store.save(make_experiment(name="another"), None)

    assert [*store.versions("button")] == [make_experiment()]


@pytest.mark.parametrize("replaces", [1, 3])
def test_only_the_current_version_can_be_replaced(store: Store, replaces: int) -> None:
    store.save(make_experiment(), None)
    second = make_experiment(version=2)
    store.save(second, 1)

    with pytest.raises(VersionConflict):
        store.save(replace(second, version=replaces + 1, name="late"), replaces)

    assert store.find("button") == second
    assert len(store.versions("button")) == 2


def test_a_definition_that_does_not_exist_can_not_be_replaced(store: Store) -> None:
    with pytest.raises(VersionConflict):
        store.save(make_experiment(version=2), 1)

    assert store.find("button") is None


def test_a_table_that_is_not_there_makes_the_store_unavailable(aws: None) -> None:
    store = DynamoExperiments(boto3.client("dynamodb"), "nowhere")

    with pytest.raises(StoreUnavailable):
        store.current()
    with pytest.raises(StoreUnavailable):
        store.find("button")
    with pytest.raises(StoreUnavailable):
        store.save(make_experiment(), None)
