from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.model.period import Period
from tests.builders import NOON

periods = st.builds(
    lambda start, length: Period(NOON.plus(start), NOON.plus(start + length)),
    st.integers(-100, 100),
    st.integers(0, 100),
)


@given(periods)
def test_days_cover_their_period_without_overlap(period: Period) -> None:
    days = list(period.by_day())

    assert [hour for day in days for hour in day.hours] == period.hours
    assert all(len({hour.text[:10] for hour in day.hours}) == 1 for day in days)
    assert len(days) == len({hour.text[:10] for hour in period.hours})


@given(periods)
def test_hours_are_periods_of_one(period: Period) -> None:
    assert [hour.hours for hour in period.by_hour()] == [[hour] for hour in period.hours]


@given(periods, st.integers(-150, 250))
def test_a_period_holds_its_hours_and_no_others(period: Period, offset: int) -> None:
    hour = NOON.plus(offset)

    assert (hour in period) == (hour in period.hours)
