"""The oracle: plain enough to be believed, and right at the edges."""

from __future__ import annotations

import pytest

from chalicelib.model.instant import HOUR_MS
from chalicelib.traffic.stories import Event
from chalicelib.traffic.truth import credits_of
from tests.builders import NOON_MS


def click(at_ms: int = NOON_MS, /, **changes: object) -> Event:
    event: Event = {
        "event_type": "click",
        "user_id": "u",
        "event_id": "c1",
        "timestamp": at_ms,
        "properties": {"campaign": "spring_sale"},
    }
    return event | changes


def checkout(at_ms: int, /, **changes: object) -> Event:
    return click(at_ms) | {"event_type": "checkout", "event_id": "o1", "properties": {}} | changes


def credited(*events: Event) -> list[str | None]:
    return [credit.click_id for credit in credits_of(events)]


@pytest.mark.parametrize(
    ("after_ms", "expected"), [(-1, None), (0, "c1"), (HOUR_MS, "c1"), (HOUR_MS + 1, None)]
)
def test_a_click_counts_from_its_instant_until_an_hour_later(
    after_ms: int, expected: str | None
) -> None:
    assert credited(click(), checkout(NOON_MS + after_ms)) == [expected]


def test_the_first_click_counts_whichever_was_sent_first() -> None:
    later = click(NOON_MS + 1, event_id="c2")

    assert credited(later, click(), checkout(NOON_MS + 2)) == ["c1"]


def test_of_clicks_at_one_instant_the_smaller_id_counts() -> None:
    assert credited(click(event_id="c2"), click(), checkout(NOON_MS)) == ["c1"]


def test_of_a_repeated_event_what_was_sent_first_counts() -> None:
    moved = click(NOON_MS + 2 * HOUR_MS)

    assert credited(click(), moved, checkout(NOON_MS)) == ["c1"]
    assert credited(moved, click(), checkout(NOON_MS)) == [None]


def test_the_clicks_of_other_users_do_not_count() -> None:
    assert credited(click(user_id="v"), checkout(NOON_MS)) == [None]


def test_a_credit_names_the_campaign_of_its_click() -> None:
    [credit] = credits_of([click(), checkout(NOON_MS)])

    assert credit.campaign == "spring_sale"
