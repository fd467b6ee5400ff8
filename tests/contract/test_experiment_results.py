"""What computing results needs of the tables, asked of the fakes and of DynamoDB alike."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from chalicelib.aws.aggregates import DynamoAggregates
from chalicelib.aws.experiment_list import DynamoExperimentList
from chalicelib.aws.experiment_results import DynamoExperimentResults
from chalicelib.aws.experiments import DynamoExperiments
from chalicelib.aws.partial_names import DynamoPartialNames
from chalicelib.errors import Superseded
from chalicelib.experiments.analyze import analyze
from chalicelib.experiments.observations import Observed
from chalicelib.experiments.ports import StoredResults
from chalicelib.model.experiment_results import Look, Results
from chalicelib.model.rollup import ALL_TYPES
from tests.builders import NOON, make_rollup
from tests.contract.conftest import AGGREGATES_TABLE, EXPERIMENTS_TABLE
from tests.unit.experiments.fake_results import FakeResults
from tests.unit.experiments.worlds import make_experiment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb.client import DynamoDBClient

pytestmark = pytest.mark.contract


def make_results(
    at_ms: int = 1, looks: Sequence[Look] = (), experiment_id: str = "exp-a"
) -> Results:
    observed = Observed(
        experiment=make_experiment(experiment_id=experiment_id),
        at_ms=at_ms,
        hours_covered=1,
        hours_missing=0,
        exposed={"control": 0, "treatment": 0},
        crossovers=0,
        exposures_of_unknown_variants=0,
        converted_before_exposure={},
        users_without_exposure={},
        arms={},
    )
    return analyze(observed, looks)


@pytest.fixture(params=["fake", "dynamodb"])
def results(request: pytest.FixtureRequest) -> StoredResults:
    if request.param == "fake":
        return FakeResults()
    client: DynamoDBClient = request.getfixturevalue("dynamodb")
    return DynamoExperimentResults(client, EXPERIMENTS_TABLE)


def test_the_basis_of_the_newest_results_is_kept(results: StoredResults) -> None:
    results.keep(make_results(1), "old")
    results.keep(make_results(2), "new")
    results.keep(make_results(1, experiment_id="exp-b"), "other")

    assert results.bases() == {"exp-a": "new", "exp-b": "other"}


def test_every_look_is_kept_the_oldest_first(results: StoredResults) -> None:
    for at_ms in (1, 20, 300):
        results.keep(make_results(at_ms, results.looks("exp-a")), "b")

    assert [look.at_ms for look in results.looks("exp-a")] == [1, 20, 300]


def test_an_experiment_without_results_has_no_looks(results: StoredResults) -> None:
    results.keep(make_results(1), "b")

    assert list(results.looks("exp-b")) == []


def test_older_results_do_not_replace_newer_ones(results: StoredResults) -> None:
    results.keep(make_results(2), "new")

    with pytest.raises(Superseded):
        results.keep(make_results(1), "old")
    assert results.bases() == {"exp-a": "new"}


def test_the_same_results_can_be_stored_again(results: StoredResults) -> None:
    for _ in range(2):
        results.keep(make_results(1), "b")

    assert len(results.looks("exp-a")) == 1


def test_the_newest_results_are_read_back_with_every_look(dynamodb: DynamoDBClient) -> None:
    stored = DynamoExperimentResults(dynamodb, EXPERIMENTS_TABLE)
    stored.keep(make_results(1), "a")
    newest = make_results(2, stored.looks("exp-a"))
    stored.keep(newest, "b")

    assert stored.newest("exp-a") == newest
    assert stored.newest("exp-b") is None


def test_no_item_grows_with_the_looks(dynamodb: DynamoDBClient) -> None:
    stored = DynamoExperimentResults(dynamodb, EXPERIMENTS_TABLE)
    [look] = make_results(1).looks
    history = [replace(look, at_ms=number) for number in range(9_000)]

    stored.keep(make_results(9_001, history), "b")

    assert len(stored.looks("exp-a")) == 1


def test_there_is_no_experiment_until_one_is_defined(dynamodb: DynamoDBClient) -> None:
    experiments = DynamoExperimentList(dynamodb, EXPERIMENTS_TABLE)
    assert not experiments.is_any()

    DynamoExperiments(dynamodb, EXPERIMENTS_TABLE).save(make_experiment(), None)

    assert experiments.is_any()


def test_the_row_over_all_types_names_the_partial_of_its_hour(dynamodb: DynamoDBClient) -> None:
    aggregates = DynamoAggregates(dynamodb, AGGREGATES_TABLE)
    for number, partial in enumerate(["a.parquet", None, "c.parquet", "d.parquet"]):
        row = make_rollup(ALL_TYPES, 1, NOON.plus(number), partial=partial)
        known = aggregates.claim(row.hour, 1, {ALL_TYPES: row.figures})
        aggregates.replace(row.hour, 1, known, [row], ())

    names = DynamoPartialNames(dynamodb, AGGREGATES_TABLE).names(NOON, NOON.plus(3))

    assert names == {NOON: "a.parquet", NOON.plus(2): "c.parquet"}
