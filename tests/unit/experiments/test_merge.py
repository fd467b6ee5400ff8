"""What each rule of merging means, one case each."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.experiments.observations import Observed
from chalicelib.model.experiment import Experiment
from chalicelib.model.hour import Hour
from chalicelib.model.instant import HOUR_MS
from tests.builders import NOON
from tests.unit.experiments.worlds import World, make_experiment
from tests.unit.rollup.builders import Row, at, make_row

FIRST = NOON.plus(1)
MIDDLE_MS = HOUR_MS // 2
END = NOON.plus(6)


def make_exposure(at_ms: int, variant: str = "treatment", **changes: object) -> Row:
    properties = f'{{"experiment_id":"exp-a","variant":"{variant}"}}'
    return make_event(at_ms, event_type="exposure", properties=properties, **changes)


def make_purchase(at_ms: int, amount: float = 5.0, **changes: object) -> Row:
    price: dict[str, object] = {"amount": amount, "currency": "EUR"}
    return make_event(at_ms, event_type="purchase", **(price | changes))


def make_event(at_ms: int, **changes: object) -> Row:
    event: dict[str, object] = {
        "event_id": f"{changes.get('event_type')}-{at_ms}",
        "timestamp": at(at_ms),
        "properties": "{}",
    }
    return make_row(1, **(event | changes))


def observe(*rows: Row, **changes: Any) -> Observed:
    world = World()
    for row in rows:
        world.add(row)
    world.roll_up(NOON.until(END))
    experiment: Experiment = make_experiment(**changes)
    observed = world.observe(experiment, END)
    assert observed is not None
    return observed


def revenue(observed: Observed) -> list[float]:
    return list(observed.arms["revenue"]["treatment"].values)


def covariates(observed: Observed) -> list[float]:
    found = observed.arms["revenue"]["treatment"].covariates
    assert found is not None
    return list(found)


def in_hour(hour: Hour, offset_ms: int = MIDDLE_MS) -> int:
    return hour.start_ms + offset_ms


@pytest.mark.parametrize(
    ("offset_ms", "expected"),
    [(-1, [0.0]), (0, [5.0]), (1, [5.0])],
    ids=["before", "same", "after"],
)
def test_an_event_counts_from_the_very_millisecond_of_the_exposure(
    offset_ms: int, expected: list[float]
) -> None:
    exposed_ms = in_hour(FIRST)

    observed = observe(make_exposure(exposed_ms), make_purchase(exposed_ms + offset_ms))

    assert revenue(observed) == expected


def test_the_first_of_several_exposures_counts_whichever_hour_it_is_in() -> None:
    exposures = [make_exposure(in_hour(FIRST.plus(number))) for number in range(3)]

    observed = observe(*exposures, make_purchase(in_hour(FIRST.plus(1), 0)))

    assert revenue(observed) == [5.0]


def test_events_of_an_hour_with_an_exposure_are_told_apart_by_their_own_times() -> None:
    amounts_by_offset = {100: 1.0, 500: 10.0, 900: 100.0}
    purchases = [make_purchase(in_hour(FIRST, at_), n) for at_, n in amounts_by_offset.items()]

    observed = observe(make_exposure(in_hour(FIRST, 500)), *purchases, pre_period_hours=1)

    assert (revenue(observed), covariates(observed)) == ([110.0], [1.0])


def test_the_first_of_several_exposures_within_an_hour_counts() -> None:
    exposures = [make_exposure(in_hour(FIRST, offset_ms)) for offset_ms in (500, 100, 900)]

    observed = observe(*exposures, make_purchase(in_hour(FIRST, 300)))

    assert revenue(observed) == [5.0]


def test_events_of_an_hour_without_an_exposure_are_one_row_at_the_time_of_the_first() -> None:
    before = [make_purchase(in_hour(FIRST, offset_ms)) for offset_ms in (0, HOUR_MS - 1)]
    after = [make_purchase(in_hour(FIRST.plus(2), offset_ms)) for offset_ms in (0, HOUR_MS - 1)]

    observed = observe(*before, make_exposure(in_hour(FIRST.plus(1))), *after, pre_period_hours=1)

    assert (revenue(observed), covariates(observed)) == ([10.0], [10.0])


def test_an_exposure_right_after_the_hour_has_that_hour_before_it() -> None:
    last_ms = in_hour(FIRST, HOUR_MS - 1)
    purchases = [make_purchase(in_hour(FIRST, 0)), make_purchase(last_ms)]

    observed = observe(*purchases, make_exposure(last_ms + 1))

    assert revenue(observed) == [0.0]
    assert observed.converted_before_exposure["revenue"] == 1


def test_users_in_two_variants_are_counted_and_left_out() -> None:
    observed = observe(
        make_exposure(in_hour(FIRST), "control"),
        make_exposure(in_hour(FIRST.plus(3)), "treatment"),
        make_exposure(in_hour(FIRST), user_id="usr_2"),
    )

    assert (observed.crossovers, dict(observed.exposed)) == (1, {"control": 0, "treatment": 1})
    assert observed.arms["purchases"]["treatment"].n_users == 1


@pytest.mark.parametrize(
    ("hours_later", "expected"), [(0, [5.0]), (2, [5.0]), (3, [0.0])], ids=["same", "last", "over"]
)
def test_a_horizon_ends_with_the_whole_hour_that_is_so_much_later(
    hours_later: int, expected: list[float]
) -> None:
    hour = FIRST.plus(hours_later)

    observed = observe(
        make_exposure(in_hour(FIRST)),
        make_purchase(in_hour(hour, HOUR_MS - 1)),
        horizon_hours=2,
    )

    assert revenue(observed) == expected


def test_a_repeated_event_counts_once() -> None:
    purchase = make_purchase(in_hour(FIRST.plus(1)))

    observed = observe(make_exposure(in_hour(FIRST)), purchase, purchase)

    assert revenue(observed) == [5.0]


def test_the_pre_period_ends_at_the_exposure_and_begins_its_hours_before_the_start() -> None:
    observed = observe(
        make_purchase(in_hour(NOON), 1.0),
        make_purchase(in_hour(FIRST.plus(1)), 10.0),
        make_exposure(in_hour(FIRST.plus(2))),
        make_purchase(in_hour(FIRST.plus(3)), 100.0),
        started=FIRST.plus(1),
        pre_period_hours=1,
    )

    assert (revenue(observed), covariates(observed)) == ([100.0], [10.0])


def test_without_a_pre_period_there_are_no_covariates() -> None:
    observed = observe(make_exposure(in_hour(FIRST)))

    assert observed.arms["revenue"]["treatment"].covariates is None


def test_what_happens_before_the_start_or_after_the_stop_does_not_count() -> None:
    observed = observe(
        make_exposure(in_hour(NOON), user_id="too early"),
        make_exposure(in_hour(FIRST)),
        make_purchase(in_hour(FIRST.plus(2))),
        make_exposure(in_hour(FIRST.plus(2)), user_id="too late"),
        stopped=FIRST.plus(2),
    )

    assert dict(observed.exposed) == {"control": 0, "treatment": 1}
    assert revenue(observed) == [0.0]


def test_exposures_to_a_variant_that_is_not_defined_are_counted_and_say_nothing() -> None:
    observed = observe(
        make_exposure(in_hour(FIRST), "gone"), make_exposure(in_hour(FIRST.plus(1)), "treatment")
    )

    assert observed.exposures_of_unknown_variants == 1
    assert (observed.crossovers, observed.exposed["treatment"]) == (0, 1)


def test_users_with_events_and_without_exposure_are_counted_once() -> None:
    purchases = [make_purchase(in_hour(FIRST.plus(number))) for number in range(2)]

    observed = observe(*purchases, make_purchase(in_hour(NOON), user_id="before the window"))

    assert observed.users_without_exposure["revenue"] == 1


def test_amounts_of_another_currency_do_not_count() -> None:
    exposed = make_exposure(in_hour(FIRST))

    observed = observe(exposed, make_purchase(in_hour(FIRST.plus(1)), currency="USD"))

    assert revenue(observed) == [0.0]
    assert observed.arms["purchases"]["treatment"].values.tolist() == [1.0]


def test_a_mean_is_of_a_users_own_events() -> None:
    purchases = [
        make_purchase(in_hour(FIRST.plus(1), n), amount) for n, amount in ((1, 3.0), (2, 6.0))
    ]

    observed = observe(make_exposure(in_hour(FIRST)), *purchases)

    assert observed.arms["order_value"]["treatment"].values.tolist() == [4.5]


def test_values_beyond_a_thousand_million_are_left_out() -> None:
    ratings = [
        make_event(in_hour(FIRST.plus(1), n), event_type="rating", value=value)
        for n, value in enumerate((1e300, -2e9, 1e9, 4.0))
    ]

    observed = observe(make_exposure(in_hour(FIRST)), *ratings)

    assert observed.arms["points"]["treatment"].values.tolist() == [1e9 + 4]


def test_a_sum_that_no_integer_holds_ends_at_the_largest() -> None:
    huge = [make_purchase(in_hour(FIRST.plus(1), n), 1e9) for n in range(9_300)]

    observed = observe(make_exposure(in_hour(FIRST)), *huge)

    assert revenue(observed)[0] == pytest.approx(2**63 / 1e6)
