"""The dashboard without a mouse, and for eyes and ears of other kinds."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Arrive
from tests.browser.site import Site
from tests.browser.visitor import DESKTOP, PHONE, SCREEN_4K, Visitor

pytestmark = pytest.mark.browser


def tab_to(visitor: Visitor, name: str) -> None:
    """Press Tab until what has this name is focused, as somebody without a mouse does."""
    script = """(name) => {
      const { ariaLabel, labels, textContent } = document.activeElement;
      return [ariaLabel, labels?.[0]?.textContent, textContent].includes(name);
    }"""
    for _ in range(60):
        visitor.page.keyboard.press("Tab")
        if visitor.page.evaluate(script, name):
            return
    raise AssertionError(f"the keyboard does not reach {name}")


def test_somebody_without_a_mouse_signs_in_and_reaches_every_view(
    visitor: Visitor, fake: Site
) -> None:
    visitor.go(fake.dashboard)
    visitor.page.keyboard.type(fake.read_key)
    visitor.page.keyboard.press("Enter")
    expect(visitor.heading("Today")).to_be_visible()

    for view, heading in (("Explore", "Events by hour"), ("Health", "Pipeline")):
        tab_to(visitor, view)
        visitor.page.keyboard.press("Enter")
        expect(visitor.heading(heading)).to_be_visible()


def test_a_chart_is_read_with_arrow_keys(visitor: Visitor, fake: Site) -> None:
    visitor.go(fake.signed_in("overview?type=page_view"))
    chart = visitor.page.get_by_role("img", name="Line chart.")
    chart.focus()
    visitor.page.keyboard.press("Home")

    tip = visitor.page.locator(".tip")
    expect(tip).to_contain_text("page_view")
    first = tip.inner_text()
    spoken = visitor.page.locator("#announcements")
    expect(spoken).to_contain_text("page_view")
    visitor.page.keyboard.press("ArrowRight")
    expect(tip).not_to_have_text(first)
    visitor.page.keyboard.press("Escape")
    expect(tip).to_have_count(0)


def test_the_menu_of_types_opens_and_closes_by_keys(visitor: Visitor, fake: Site) -> None:
    visitor.go(fake.signed_in("explore"))
    expect(visitor.heading("Events by hour")).to_be_visible()
    tab_to(visitor, "All types as one")
    visitor.page.keyboard.press("Enter")
    tab_to(visitor, "click")
    visitor.page.keyboard.press("Space")

    expect(visitor.page.locator("#types-menu summary")).to_have_text("click")
    expect(visitor.page.get_by_label("click", exact=True)).to_be_focused()
    visitor.page.keyboard.press("Escape")
    expect(visitor.page.get_by_label("click", exact=True)).to_be_hidden()


def test_a_menu_that_escape_closes_gives_the_focus_back(visitor: Visitor, fake: Site) -> None:
    visitor.go(fake.signed_in("explore"))
    expect(visitor.heading("Events by hour")).to_be_visible()
    tab_to(visitor, "All types as one")
    visitor.page.keyboard.press("Enter")
    visitor.page.keyboard.press("Tab")

    visitor.page.keyboard.press("Escape")

    expect(visitor.page.locator("#types-menu summary")).to_be_focused()


def test_a_menu_closes_when_the_focus_leaves_it(visitor: Visitor, fake: Site) -> None:
    visitor.go(fake.signed_in("explore"))
    expect(visitor.heading("Events by hour")).to_be_visible()
    visitor.page.locator("#types-menu summary").click()
    expect(visitor.page.get_by_label("click", exact=True)).to_be_visible()

    visitor.page.get_by_label("Metric").focus()

    expect(visitor.page.get_by_label("click", exact=True)).to_be_hidden()


def test_a_screen_reader_hears_which_page_has_come(visitor: Visitor, fake: Site) -> None:
    visitor.go(fake.signed_in())
    expect(visitor.heading("Today")).to_be_visible()

    visitor.page.get_by_role("link", name="Health").click()

    expect(visitor.page.locator("#announcements")).to_have_text("Health")


def test_a_viewer_who_prefers_reduced_motion_sees_none(arrive: Arrive, fake: Site) -> None:
    visitor = arrive(reduced_motion="reduce")
    visitor.go(fake.signed_in())
    expect(visitor.heading("Today")).to_be_visible()

    moving = "document.getAnimations().length"
    assert visitor.page.evaluate(moving) == 0


@pytest.mark.parametrize("size", [PHONE, (768, 1024), DESKTOP, SCREEN_4K], ids=str)
@pytest.mark.parametrize("fragment", ["overview?range=week", "explore?types=busiest", "health"])
def test_every_size_of_window_holds_every_view(
    arrive: Arrive, fake: Site, size: tuple[int, int], fragment: str
) -> None:
    visitor = arrive(size)
    visitor.go(fake.signed_in(fragment))
    expect(visitor.page.locator("main section").first).to_be_visible()

    assert not visitor.is_wider_than_the_window()
    assert visitor.complaints == []


def test_the_colours_follow_the_system_while_the_page_is_open(arrive: Arrive, fake: Site) -> None:
    visitor = arrive(color_scheme="light")
    visitor.go(fake.signed_in())
    expect(visitor.page.locator(".u-over")).to_be_visible()
    background = "getComputedStyle(document.body).backgroundColor"
    assert visitor.page.evaluate(background) == "rgb(255, 255, 255)"

    visitor.page.emulate_media(color_scheme="dark")

    assert visitor.page.evaluate(background) == "rgb(18, 20, 23)"
    expect(visitor.page.locator(".u-over")).to_have_count(1)
