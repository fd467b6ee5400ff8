from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.model.assignment import Reason, assign, bucket_of, current_assignment
from chalicelib.model.experiment import Experiment, Status, Variant
from tests.builders import make_experiment

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "assignment_vectors.json").read_text()
)
USERS = [f"usr_{n}" for n in range(20_000)]


def with_weights(*weights: int, **changes: Any) -> Experiment:
    variants = tuple(Variant(str(place), weight) for place, weight in enumerate(weights))
    return make_experiment(variants=variants, control="0", **changes)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: one["user_id"][:12])
def test_a_bucket_is_that_of_other_implementations(vector: dict[str, Any]) -> None:
    assert bucket_of(vector["salt"], vector["user_id"]) == vector["bucket"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: one["user_id"][:12])
def test_a_variant_is_that_of_other_implementations(vector: dict[str, Any]) -> None:
    for name, weights, coverage in (
        ("variant_5000_5000", (5_000, 5_000), 10_000),
        ("variant_5000_5000_at_2000", (5_000, 5_000), 2_000),
        ("variant_3334_3333_3333", (3_334, 3_333, 3_333), 10_000),
    ):
        experiment = with_weights(*weights, coverage=coverage, salt=vector["salt"])
        expected = vector[name]
        assert assign(experiment, vector["user_id"]).variant == (
            None if expected is None else str(expected)
        )


def test_variants_get_the_shares_that_their_weights_say() -> None:
    experiment = with_weights(7_000, 2_000, 1_000)
    found = Counter(assign(experiment, user).variant for user in USERS)

    assert found["0"] / len(USERS) == pytest.approx(0.7, abs=0.02)
    assert found["2"] / len(USERS) == pytest.approx(0.1, abs=0.02)


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.sampled_from(USERS))
def test_a_higher_coverage_moves_nobody(low: int, high: int, user: str) -> None:
    low, high = sorted((low, high))
    before = assign(with_weights(3_334, 3_333, 3_333, coverage=low), user).variant

    if before is not None:
        assert assign(with_weights(3_334, 3_333, 3_333, coverage=high), user).variant == before


def test_experiments_of_other_salts_are_independent() -> None:
    one, other = (with_weights(5_000, 5_000, salt=salt) for salt in ("one", "other"))
    pairs = Counter((assign(one, user).variant, assign(other, user).variant) for user in USERS)

    assert all(n / len(USERS) == pytest.approx(0.25, abs=0.02) for n in pairs.values())
    assert len(pairs) == 4


def test_parts_of_a_namespace_that_do_not_overlap_share_no_user() -> None:
    first = make_experiment(salt="a", namespace="page", namespace_range=(0, 4_000))
    second = make_experiment(salt="b", namespace="page", namespace_range=(4_000, 9_000))
    taking_part = [
        {user for user in USERS if assign(one, user).variant is not None}
        for one in (first, second)
    ]

    assert not taking_part[0] & taking_part[1]
    # A tenth is held out of both.
    assert sum(map(len, taking_part)) / len(USERS) == pytest.approx(0.9, abs=0.02)


def test_a_namespace_named_like_the_salt_is_independent_of_it() -> None:
    experiment = make_experiment(salt="page", namespace="page", namespace_range=(0, 5_000))
    found = Counter(assign(experiment, user).variant for user in USERS)

    assert found["control"] / found["treatment"] == pytest.approx(1, abs=0.1)


def test_a_stored_assignment_wins_over_coverage_namespace_and_hash() -> None:
    experiment = make_experiment(
        coverage=0,
        namespace="page",
        namespace_range=(0, 1),
        assigned={"usr_1": "treatment"},
    )

    assert assign(experiment, "usr_1") == ("treatment", Reason.ASSIGNED)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"coverage": 0}, Reason.OUTSIDE_COVERAGE),
        ({"namespace": "page", "namespace_range": (0, 1)}, Reason.OUTSIDE_NAMESPACE),
        ({"status": Status.DRAFT}, Reason.NOT_RUNNING),
        ({"status": Status.STOPPED}, Reason.NOT_RUNNING),
    ],
    ids=str,
)
def test_who_has_no_variant_hears_why(changes: dict[str, Any], reason: Reason) -> None:
    experiment = replace(make_experiment(), **changes)

    assert current_assignment(experiment, "usr_1") == (None, reason)
