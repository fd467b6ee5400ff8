"""What stands at a chart's axes: uPlot draws it, so no element has it."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from playwright.sync_api import expect

from tests.browser import worlds
from tests.browser.conftest import Arrive
from tests.browser.fake_api import Deployment, TestClock
from tests.browser.site import Site
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

NOTE_LABELS = """(() => {
  window.labels = {};
  const { fillText } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
    const { width } = this.measureText(text);
    window.labels[text] = { x, from: x - width / 2, to: x + width / 2, end: this.canvas.width };
    return fillText.call(this, text, x, y);
  };
})()"""


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "Asia/Kolkata", "America/Los_Angeles", "Pacific/Auckland", "UTC"]
)
def test_a_day_is_where_its_name_is(arrive: Arrive, fake: Site, zone: str) -> None:
    """Days are those of UTC; a viewer's midnight would be up to a day beside them."""
    visitor = arrive(timezone_id=zone)
    days = labels(visitor, fake, "explore?range=30d", re.compile(r"^\d+ \w{3}$"))
    assert len(days) > 5

    for name, label in list(days.items())[:3]:
        canvas = visitor.page.locator(".u-wrap canvas")
        canvas.hover(position={"x": label["x"] + 1, "y": 100}, force=True)
        expect(visitor.page.locator(".tip")).to_contain_text(f"{name} UTC")


@pytest.mark.parametrize("fragment", ["overview?range=day", "explore?range=30d"])
def test_no_label_of_a_moment_is_cut_off(arrive: Arrive, fake: Site, fragment: str) -> None:
    visitor = arrive(locale="de-DE", timezone_id="UTC")
    found = labels(visitor, fake, fragment, re.compile(r"^\d\d:\d\d$|^\d+\. \w{3}"))
    assert found

    assert all(label["from"] >= 0 and label["to"] <= label["end"] for label in found.values())


def test_few_events_are_counted_in_whole_numbers(
    visitor: Visitor, fake: Site, deployment: Deployment, clock: TestClock
) -> None:
    deployment.world = worlds.little(clock)
    counts = labels(visitor, fake, "overview", re.compile(r"^[\d.]*$"))

    assert {"0", "1"} <= set(counts) <= {"0", "1", "2", "3", "4"}


def test_the_cursor_is_at_the_moment_that_is_read(visitor: Visitor, fake: Site) -> None:
    visitor.go(fake.signed_in("explore?range=24h"))
    over = visitor.page.locator(".u-over")
    expect(over).to_be_visible()
    over.hover(position={"x": 333, "y": 80})
    expect(visitor.page.locator(".tip")).to_be_visible()

    middle = "(one) => (({ left, width }) => left + width / 2)(one.getBoundingClientRect())"
    line = visitor.page.locator(".u-cursor-x").evaluate(middle)
    point = visitor.page.locator(".u-cursor-pt").first.evaluate(middle)
    assert abs(line - point) <= 1


def labels(
    visitor: Visitor, site: Site, fragment: str, form: re.Pattern[str]
) -> Mapping[str, Mapping[str, float]]:
    """Return the labels of this form that the chart of a view has, and where they are."""
    visitor.page.add_init_script(NOTE_LABELS)
    visitor.go(site.signed_in(fragment))
    expect(visitor.page.locator(".u-over")).to_be_visible()
    visitor.wait_for_answers()
    found = visitor.page.evaluate("window.labels")
    return {text: label for text, label in found.items() if form.match(text)}
