"""What everybody does with the dashboard; these tests run on a real deployment as well."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Arrive
from tests.browser.site import Site
from tests.browser.visitor import PHONE, Visitor

pytestmark = pytest.mark.browser

VIEWS = ("overview", "explore", "experiments", "health")
HEADINGS = {
    "overview": "Today",
    "explore": re.compile("by hour$"),
    "experiments": re.compile("Experiments|No experiments yet"),
    "health": "Pipeline",
}


def sign_in(visitor: Visitor, site: Site, key: str | None = None) -> None:
    visitor.go(site.dashboard)
    visitor.page.get_by_label("Read key").fill(key or site.read_key)
    visitor.page.get_by_role("button", name="Show the dashboard").click()


def test_a_read_key_opens_the_overview(visitor: Visitor, site: Site) -> None:
    sign_in(visitor, site)

    expect(visitor.heading("Today")).to_be_visible()
    expect(visitor.tile("Events").locator(".fresh").first).to_contain_text("live")
    assert visitor.count_in("Events") >= 0
    assert visitor.complaints == []


def test_a_wrong_key_is_refused_with_the_reason(visitor: Visitor, site: Site) -> None:
    sign_in(visitor, site, "esr_no_such_key")

    expect(visitor.page.get_by_role("alert")).to_contain_text("does not know this key")
    expect(visitor.page.get_by_label("Read key")).to_be_focused()
    assert visitor.page.evaluate("sessionStorage.length") == 0


def test_a_link_signs_in_and_its_key_leaves_the_address(visitor: Visitor, site: Site) -> None:
    visitor.go(f"{site.dashboard}#key={site.read_key}")

    expect(visitor.heading("Today")).to_be_visible()
    assert site.read_key not in visitor.page.url
    assert all(site.read_key not in url for url in visitor.requested)


def test_an_address_with_a_slash_at_its_end_works_as_well(visitor: Visitor, site: Site) -> None:
    visitor.go(f"{site.dashboard}/#key={site.read_key}")

    expect(visitor.heading("Today")).to_be_visible()
    assert visitor.page.url.endswith("/dashboard")


def test_a_link_with_a_key_and_a_view_opens_that_view(visitor: Visitor, site: Site) -> None:
    visitor.go(site.signed_in("explore?metric=errors"))

    expect(visitor.heading("Errors by hour")).to_be_visible()
    assert visitor.page.url.endswith("#explore?metric=errors")


def test_a_forgotten_key_is_nowhere_any_more(visitor: Visitor, site: Site) -> None:
    visitor.go(site.signed_in())
    visitor.page.get_by_text("Key", exact=True).click()
    visitor.page.get_by_role("button", name="Forget key").click()

    expect(visitor.heading("Sign in")).to_be_visible()
    kept = "JSON.stringify([sessionStorage, localStorage, document.cookie, location.href])"
    assert site.read_key not in visitor.page.evaluate(kept)


def test_an_event_shows_up_by_itself(visitor: Visitor, site: Site) -> None:
    # One type alone, so that nothing else is counted meanwhile.
    visitor.go(site.signed_in("overview?type=browser_test"))
    before = visitor.count_in("Events")

    site.post("browser_test")

    events = visitor.tile("Events").locator(".value")
    expect(events).to_have_text(f"{before + 1:,}")


def test_the_page_asks_nobody_but_its_own_deployment(visitor: Visitor, site: Site) -> None:
    for view in VIEWS:
        visitor.go(site.signed_in(view))
        expect(visitor.heading(HEADINGS[view])).to_be_visible()  # type: ignore[arg-type]

    origin = urlsplit(site.url).netloc
    assert {urlsplit(url).netloc for url in visitor.requested} == {origin}
    assert visitor.context.cookies() == []
    assert visitor.complaints == []


def test_explore_shows_the_same_values_as_chart_table_and_file(
    visitor: Visitor, site: Site, tmp_path: Path
) -> None:
    visitor.go(site.signed_in("explore?range=24h"))
    table = visitor.page.get_by_role("table")
    expect(table.locator("tbody tr")).to_have_count(24)

    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("button", name="Download CSV").click()

    download.value.save_as(tmp_path / "shown.csv")
    head, *lines = csv.reader((tmp_path / "shown.csv").read_text().splitlines())
    cells = [cell.inner_text() for cell in table.locator("tbody td").all()]
    assert head == ["from", "to", "events all types"]
    # The running hour goes on while the test looks.
    assert [f"{int(value):,}" for *_, value in reversed(lines)][1:] == cells[1:]


def test_a_choice_in_explore_is_in_the_address(visitor: Visitor, site: Site) -> None:
    visitor.go(site.signed_in("explore"))
    visitor.page.get_by_label("Metric").select_option("Latency p95")
    visitor.page.get_by_text("24 hours").click()
    visitor.page.get_by_label("Compare with the period before").check()

    expect(visitor.page).to_have_url(re.compile(r"#explore\?metric=p95&range=24h&compare=1$"))
    expect(visitor.heading("Latency p95 by hour")).to_be_visible()


def test_health_says_in_one_sentence_how_things_are(visitor: Visitor, site: Site) -> None:
    visitor.go(site.signed_in("health"))

    expect(visitor.page.get_by_role("heading", level=1)).to_contain_text(re.compile(r"\."))
    for stage in ("Process", "Transform", "Roll up", "Judge"):
        expect(visitor.heading(stage)).to_be_visible()
    for part in ("Quarantine", "Last rollup runs"):
        expect(visitor.heading(part)).to_be_visible()


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_nobody_is_kept_out(arrive: Arrive, site: Site, view: str, colours: str) -> None:
    visitor = arrive(color_scheme=colours)
    visitor.go(site.signed_in(view))
    expect(visitor.heading(HEADINGS[view])).to_be_visible()  # type: ignore[arg-type]

    assert visitor.accessibility_problems() == []


@pytest.mark.parametrize("view", VIEWS)
def test_a_phone_shows_everything_without_scrolling_sideways(
    arrive: Arrive, site: Site, view: str
) -> None:
    visitor = arrive(PHONE)
    visitor.go(site.signed_in(view))
    expect(visitor.heading(HEADINGS[view])).to_be_visible()  # type: ignore[arg-type]

    assert not visitor.is_wider_than_the_window()
