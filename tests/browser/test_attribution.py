"""Which campaigns are credited with checkouts, as somebody in marketing asks it."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser import worlds
from tests.browser.conftest import Arrive
from tests.browser.fake_api import Deployment, TestClock
from tests.browser.site import Site
from tests.browser.visitor import DESKTOP, PHONE, Visitor

pytestmark = pytest.mark.browser


def row(visitor: Visitor, name: str) -> Locator:
    head = visitor.page.get_by_role("rowheader", name=name, exact=True)
    return visitor.page.locator("tbody tr", has=head)


def test_campaigns_are_listed_with_what_they_are_credited_with(
    visitor: Visitor, fake: Site
) -> None:
    visitor.go(fake.signed_in("attribution"))

    expect(visitor.heading("Conversions by campaign")).to_be_visible()
    expect(visitor.page.locator("tbody tr th")).to_have_text(
        [*(name or "no campaign" for name in worlds.CAMPAIGNS), "unattributed"]
    )
    expect(row(visitor, "autumn_sale")).to_contain_text("€")
    expect(visitor.page.get_by_text("can still change")).to_be_visible()
    assert visitor.complaints == []


def test_no_other_page_loads_it(visitor: Visitor, fake: Site) -> None:
    visitor.go(fake.signed_in())
    expect(visitor.heading("Today")).to_be_visible()
    assert not any("attribution.js" in url for url in visitor.requested)

    visitor.page.get_by_role("link", name="Attribution").click()

    expect(visitor.heading("Conversions by campaign")).to_be_visible()


def test_every_choice_is_in_the_address(visitor: Visitor, fake: Site) -> None:
    visitor.go(fake.signed_in("attribution"))
    expect(visitor.heading("Conversions by campaign")).to_be_visible()

    visitor.page.get_by_label("Model").select_option("Time decay")
    visitor.page.get_by_label("Half-life").select_option("1 minute")
    visitor.page.get_by_text("Sources", exact=True).click()
    visitor.page.get_by_text("24 hours", exact=True).click()

    expect(visitor.heading("Conversions by source")).to_be_visible()
    chosen = "#attribution?model=time_decay&group=source&range=24h&half_life=1m"
    expect(visitor.page).to_have_url(re.compile(re.escape(chosen) + "$"))
    expect(visitor.page.get_by_text("half as much")).to_be_visible()


def test_no_choice_is_lost_that_is_made_before_an_answer(
    visitor: Visitor, fake: Site, deployment: Deployment
) -> None:
    visitor.go(fake.signed_in("attribution"))
    expect(visitor.heading("Conversions by campaign")).to_be_visible()
    deployment.delay_s = 2

    visitor.page.get_by_text("Sources", exact=True).click()
    expect(visitor.page).to_have_url(re.compile("group=source$"))
    visitor.page.get_by_text("24 hours", exact=True).click()

    expect(visitor.page).to_have_url(
        re.compile(re.escape("#attribution?group=source&range=24h") + "$")
    )


def test_a_link_opens_what_it_names(visitor: Visitor, fake: Site) -> None:
    visitor.go(fake.signed_in("attribution?model=linear&from=2026-11-01&to=2026-11-03"))

    expect(visitor.page.get_by_label("Model")).to_have_value("linear")
    expect(visitor.page.get_by_label("First day")).to_have_value("2026-11-01")
    expect(visitor.page.get_by_text("the same share")).to_be_visible()


def test_the_file_has_the_table_and_no_formula(
    visitor: Visitor, fake: Site, tmp_path: Path
) -> None:
    visitor.go(fake.signed_in("attribution"))
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("button", name="Download CSV").click()
    file = tmp_path / "credits.csv"
    download.value.save_as(file)

    head, *lines = csv.reader(file.read_text().splitlines())

    assert head[:2] == ["campaign", "conversions"]
    assert head[-2:] == ["EUR", "USD"]
    assert [line[0] for line in lines[:2]] == ["autumn_sale", "newsletter"]
    assert '\'=cmd("retarget")' in [line[0] for line in lines]
    assert re.fullmatch("eventstream-attribution-.*csv", download.value.suggested_filename)


def test_a_stage_without_attribution_says_how_to_switch_it_on(
    visitor: Visitor, fake: Site, deployment: Deployment
) -> None:
    deployment.world.campaigns = None
    visitor.go(fake.signed_in("attribution"))

    expect(visitor.heading("Attribution is off")).to_be_visible()
    expect(visitor.page.locator("pre")).to_have_text("attribution = true")


def test_a_range_without_checkouts_offers_a_longer_one(
    visitor: Visitor, fake: Site, deployment: Deployment, clock: TestClock
) -> None:
    deployment.world = worlds.little(clock)
    visitor.go(fake.signed_in("attribution"))
    visitor.page.get_by_role("button", name="Show 90 days").click()

    expect(visitor.page).to_have_url(re.compile("range=90d$"))
    expect(visitor.page.get_by_role("button", name="Show 90 days")).to_have_count(0)


def test_a_range_that_is_too_long_says_so(visitor: Visitor, fake: Site) -> None:
    visitor.go(fake.signed_in("attribution?from=2026-01-01&to=2026-11-01"))

    expect(visitor.page.get_by_role("alert")).to_contain_text("92 days")


def test_while_the_database_is_away_the_last_figures_stay(
    visitor: Visitor, fake: Site, deployment: Deployment
) -> None:
    visitor.go(fake.signed_in("attribution"))
    expect(visitor.heading("Conversions by campaign")).to_be_visible()

    deployment.fails_with = 503

    expect(visitor.page.get_by_text("The store does not answer.")).to_be_visible()
    expect(visitor.heading("Conversions by campaign")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_everybody_can_use_it(
    arrive: Arrive, fake: Site, size: tuple[int, int], scheme: str
) -> None:
    visitor = arrive(size, color_scheme=scheme)
    visitor.go(fake.signed_in("attribution"))
    expect(visitor.heading("Conversions by campaign")).to_be_visible()

    assert visitor.accessibility_problems() == []
    assert not visitor.is_wider_than_the_window()
