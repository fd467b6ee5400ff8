"""Whether everything has room: long names, huge numbers, small windows and thumbs."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import worlds
from tests.browser.conftest import Arrive
from tests.browser.fake_api import Deployment, TestClock
from tests.browser.site import Site
from tests.browser.visitor import DESKTOP, PHONE, Visitor

pytestmark = pytest.mark.browser

TABLET = (768, 1024)
DATES = "explore?types=busiest&from=2026-11-01T23&to=2026-11-08T23"
# What the guidelines of Apple ask for; WCAG's enhanced criterion has the same.
THUMB_PX = 44


@pytest.fixture
def crowd(fake: Site, deployment: Deployment, clock: TestClock) -> Site:
    deployment.world = worlds.crowded(clock)
    return fake


@pytest.mark.parametrize("size", [PHONE, TABLET, DESKTOP], ids=str)
@pytest.mark.parametrize("fragment", ["overview", DATES, "attribution"])
def test_long_names_and_huge_numbers_make_no_page_wider(
    arrive: Arrive, crowd: Site, size: tuple[int, int], fragment: str
) -> None:
    visitor = arrive(size, locale="de-DE", timezone_id="Asia/Kolkata")
    visitor.go(crowd.signed_in(fragment))
    expect(visitor.page.locator("tbody tr").first).to_be_visible()

    assert not visitor.is_wider_than_the_window()


def test_no_word_of_the_navigation_is_broken(arrive: Arrive, fake: Site) -> None:
    """A window of 1,280 px at a zoom of 400 % has room for 320."""
    visitor = arrive((320, 568))
    visitor.go(fake.signed_in())

    range_of = "const range = document.createRange(); range.selectNodeContents(one);"
    lines = f"(all) => all.map((one) => {{ {range_of} return range.getClientRects().length; }})"
    assert set(visitor.page.locator("nav a").evaluate_all(lines)) == {1}
    assert not visitor.is_wider_than_the_window()


def test_figures_stay_in_their_columns(arrive: Arrive, crowd: Site) -> None:
    visitor = arrive(PHONE)
    visitor.go(crowd.signed_in())
    expect(visitor.heading("Today")).to_be_visible()

    wide = "(all) => all.filter((one) => one.scrollWidth > one.clientWidth).length"
    assert visitor.page.locator(".value").evaluate_all(wide) == 0


@pytest.mark.parametrize("size", [PHONE, TABLET, DESKTOP], ids=str)
@pytest.mark.parametrize("part", [0.05, 0.5, 0.98])
def test_what_a_chart_says_of_a_moment_is_all_in_the_window(
    arrive: Arrive, crowd: Site, size: tuple[int, int], part: float
) -> None:
    visitor = arrive(size)
    visitor.go(crowd.signed_in())
    point_at(visitor, part)

    tip = visitor.page.locator(".tip").bounding_box()
    assert tip is not None
    assert tip["x"] >= 0
    assert tip["x"] + tip["width"] <= size[0]


def test_on_a_phone_what_a_chart_says_of_a_moment_leaves_its_lines_free(
    arrive: Arrive, crowd: Site
) -> None:
    visitor = arrive(PHONE)
    visitor.go(crowd.signed_in())
    point_at(visitor, 0.5)

    tip = visitor.page.locator(".tip").bounding_box()
    plot = visitor.page.locator(".u-over").bounding_box()
    assert tip is not None
    assert plot is not None
    assert tip["y"] >= plot["y"] + plot["height"]


@pytest.mark.parametrize("fragment", ["overview", DATES, "attribution", "health"])
def test_whatever_a_thumb_presses_is_large_enough(
    arrive: Arrive, fake: Site, fragment: str
) -> None:
    visitor = arrive(PHONE)
    visitor.go(fake.signed_in(fragment))
    expect(visitor.page.locator("tbody tr").first).to_be_visible()

    small = """(all, least) => all
      .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < least)
      .map((one) => one.outerHTML)"""
    pressed = "nav a, th a, button:not(.mark, .anomaly), select, summary, label, input[type=date]"
    assert visitor.page.locator(pressed).evaluate_all(small, THUMB_PX) == []


def test_a_phone_does_not_zoom_into_a_field(arrive: Arrive, fake: Site) -> None:
    """Safari does where the text is smaller than 16 px."""
    visitor = arrive(PHONE)
    visitor.go(fake.dashboard)

    size = visitor.page.get_by_label("Read key").evaluate(
        "(one) => getComputedStyle(one).fontSize"
    )
    assert size == "16px"


def test_a_phone_shows_why_a_run_failed(
    arrive: Arrive, fake: Site, deployment: Deployment, clock: TestClock
) -> None:
    deployment.world = worlds.troubled(clock)
    visitor = arrive(PHONE)
    visitor.go(fake.signed_in("health"))

    expect(visitor.page.get_by_text("the run took longer").first).to_be_visible()


def test_the_notice_of_a_failure_stays_in_sight(
    arrive: Arrive, fake: Site, deployment: Deployment
) -> None:
    visitor = arrive(PHONE)
    visitor.go(fake.signed_in())
    expect(visitor.heading("Today")).to_be_visible()
    visitor.page.evaluate("scrollTo(0, document.body.scrollHeight)")

    visitor.wait_for_answers()
    deployment.fails_with = 503

    expect(visitor.page.get_by_text("The store does not answer.")).to_be_in_viewport()


def test_paper_has_no_controls(visitor: Visitor, fake: Site) -> None:
    visitor.go(fake.signed_in("explore"))
    expect(visitor.heading("Events by hour")).to_be_visible()

    visitor.page.emulate_media(media="print")

    expect(visitor.page.get_by_label("Metric")).to_be_hidden()
    expect(visitor.page.get_by_role("button", name="Download CSV")).to_be_hidden()
    expect(visitor.page.get_by_role("table")).to_be_visible()


def point_at(visitor: Visitor, part: float) -> None:
    """Point at the chart, so far from its left side."""
    over = visitor.page.locator(".u-over")
    expect(over).to_be_visible()
    box = over.bounding_box()
    assert box is not None
    over.hover(position={"x": box["width"] * part, "y": 80})
    expect(visitor.page.locator(".tip")).to_have_text(re.compile(r"\d\d:\d\d"))
