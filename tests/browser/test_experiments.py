"""The page on experiments: what it says of each state, and to whom."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from chalicelib.experiments.body import read
from tests.browser import trials
from tests.browser.conftest import Arrive
from tests.browser.fake_api import Deployment, TestClock
from tests.browser.site import Site
from tests.browser.visitor import DESKTOP, PHONE, Visitor

pytestmark = pytest.mark.browser

VERDICTS = {
    "green-button": ("winning", "green is winning: purchases is"),
    "same-button": ("inconclusive", "green is undecided"),
    "new-checkout": ("invalid: sample ratio mismatch", "The split between the variants is broken"),
    "prices": ("winning", "bold is winning"),
    "no-traffic": ("too early", "No user has been exposed yet."),
    "no-events": (
        "too early",
        "but from users who were not exposed.",
    ),
    "just-started": ("too early", "Results have not been computed yet."),
    "draft": ("too early", "The experiment has not started."),
}


@pytest.fixture
def busy(fake: Site, deployment: Deployment, clock: TestClock) -> Site:
    deployment.world = trials.many(clock)
    return fake


@pytest.mark.parametrize("experiment_id", VERDICTS)
def test_an_experiment_opens_with_its_verdict_and_what_to_do(
    visitor: Visitor, busy: Site, experiment_id: str
) -> None:
    visitor.go(busy.signed_in(f"experiments?id={experiment_id}"))

    verdict, sentence = VERDICTS[experiment_id]
    expect(visitor.page.get_by_role("heading", level=1)).to_contain_text(verdict)
    expect(visitor.page.locator("main")).to_contain_text(sentence)
    expect(visitor.page.locator("main")).to_contain_text("What to do next:")
    assert visitor.complaints == []


def test_the_list_shows_every_verdict_and_leads_to_each_experiment(
    visitor: Visitor, busy: Site
) -> None:
    visitor.go(busy.signed_in("experiments"))
    row = visitor.page.get_by_role("row", name="New checkout")
    expect(row).to_contain_text("invalid: sample ratio mismatch")

    row.get_by_role("link").click()

    expect(visitor.page.get_by_role("heading", level=1)).to_contain_text("invalid")
    visitor.page.get_by_role("link", name="All experiments").click()
    expect(visitor.heading("Experiments")).to_be_visible()


def test_the_list_can_be_of_one_status(visitor: Visitor, busy: Site) -> None:
    visitor.go(busy.signed_in("experiments"))
    visitor.page.get_by_text("Stopped", exact=True).click()

    expect(visitor.page.locator("tbody tr")).to_have_count(1)
    assert visitor.page.url.endswith("#experiments?status=stopped")


def test_every_look_can_be_read_as_a_table(visitor: Visitor, busy: Site) -> None:
    visitor.go(busy.signed_in("experiments?id=prices"))
    expect(visitor.page.get_by_role("img", name="Lift over time")).to_be_visible()

    visitor.page.get_by_text("Show as a table").click()

    looks = visitor.page.get_by_role("table", name="Every look, the newest first")
    expect(looks.locator("tbody tr")).to_have_count(2 * trials.N_LOOKS)


def test_of_a_broken_split_nothing_is_called_better(visitor: Visitor, busy: Site) -> None:
    visitor.go(busy.signed_in("experiments?id=new-checkout"))
    expect(visitor.heading("purchases")).to_be_visible()

    expect(visitor.page.get_by_text("✕ Broken")).to_be_visible()
    expect(visitor.page.get_by_text("better:")).to_have_count(0)


def test_live_counters_say_what_they_are(visitor: Visitor, busy: Site) -> None:
    visitor.go(busy.signed_in("experiments?id=just-started"))

    expect(visitor.heading("Live counters")).to_be_visible()
    expect(visitor.page.locator("main")).to_contain_text("not who wins")


def test_before_the_first_experiment_the_page_says_how_to_define_it(
    visitor: Visitor, fake: Site, deployment: Deployment, clock: TestClock
) -> None:
    deployment.world = trials.none_defined(clock)
    visitor.go(fake.signed_in("experiments"))

    expect(visitor.heading("No experiments yet")).to_be_visible()
    command = visitor.page.locator("pre").inner_text()
    definition = json.loads(command[command.index("'") + 1 : command.rindex("'")])
    assert read("green-button", definition).name == "Green button"


def test_an_unknown_experiment_is_said_to_be_unknown(visitor: Visitor, busy: Site) -> None:
    visitor.go(busy.signed_in("experiments?id=gone"))

    expect(visitor.heading("No such experiment")).to_be_visible()


def test_a_store_that_is_away_leaves_what_was_read(
    visitor: Visitor, busy: Site, deployment: Deployment
) -> None:
    visitor.go(busy.signed_in("experiments?id=green-button"))
    expect(visitor.heading("purchases")).to_be_visible()

    deployment.fails_with = 503

    expect(visitor.page.locator("#notice")).to_contain_text("Next attempt")
    expect(visitor.heading("purchases")).to_be_visible()


@pytest.mark.parametrize("experiment_id", VERDICTS)
def test_a_phone_shows_an_experiment_without_scrolling_sideways(
    arrive: Arrive, busy: Site, experiment_id: str
) -> None:
    visitor = arrive(PHONE)
    visitor.go(busy.signed_in(f"experiments?id={experiment_id}"))
    expect(visitor.page.get_by_role("heading", level=1)).to_be_visible()

    assert not visitor.is_wider_than_the_window()


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("fragment", ["experiments", "experiments?id=prices"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_nobody_is_kept_out(
    arrive: Arrive, busy: Site, fragment: str, colours: str, size: tuple[int, int]
) -> None:
    visitor = arrive(size, color_scheme=colours)
    visitor.go(busy.signed_in(fragment))
    expect(visitor.page.get_by_role("heading", level=1)).to_be_visible()

    assert visitor.accessibility_problems() == []


def test_the_first_intervals_dont_flatten_the_chart(visitor: Visitor, busy: Site) -> None:
    visitor.go(busy.signed_in("experiments?id=prices"))
    chart = visitor.page.get_by_role("img", name="Lift over time")
    expect(chart).to_be_visible()

    height = float((chart.get_attribute("viewBox") or "").split()[3])
    points = (chart.locator("polygon").first.get_attribute("points") or "").split()
    edges = [float(point.partition(",")[2]) for point in points]
    newest = abs(edges[len(edges) // 2 - 1] - edges[len(edges) // 2])
    assert 0 <= min(edges) <= max(edges) <= height
    assert newest > height / 5
