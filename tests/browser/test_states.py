"""States of a deployment that a healthy one can't show."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from chalicelib.model.event import check_client_event
from tests.browser import worlds
from tests.browser.conftest import Arrive
from tests.browser.fake_api import INGEST_KEY, Deployment, TestClock
from tests.browser.site import Site
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


def notice(visitor: Visitor) -> str:
    return visitor.page.locator("#notice").inner_text()


def test_before_the_first_event_the_page_says_how_to_send_it(
    visitor: Visitor, fake: Site, deployment: Deployment, clock: TestClock
) -> None:
    deployment.world = worlds.none(clock)
    visitor.go(fake.signed_in())

    expect(visitor.heading("No events yet")).to_be_visible()
    command = visitor.page.locator("pre").inner_text()
    assert command.startswith(f"curl {fake.url}/events ")
    event = json.loads(command[command.index("'") + 1 : command.rindex("'")])
    assert check_client_event(event)


def test_the_first_event_is_noticed(
    visitor: Visitor, fake: Site, deployment: Deployment, clock: TestClock
) -> None:
    deployment.world = worlds.none(clock)
    visitor.go(fake.signed_in())
    expect(visitor.heading("No events yet")).to_be_visible()

    fake.post("page_view")

    expect(visitor.tile("Events").locator(".value")).to_have_text("1", timeout=10_000)


def test_a_new_type_is_shown_with_those_that_are_known(
    visitor: Visitor, fake: Site, deployment: Deployment, clock: TestClock
) -> None:
    deployment.world = worlds.little(clock)
    visitor.go(fake.signed_in())
    expect(visitor.page.get_by_role("link", name="page_view")).to_be_visible()

    fake.post("sign_up")

    expect(visitor.page.get_by_role("link", name="sign_up")).to_be_visible(timeout=10_000)


def test_an_ingest_key_is_refused_with_the_reason(visitor: Visitor, fake: Site) -> None:
    visitor.go(f"{fake.dashboard}#key={INGEST_KEY}")

    expect(visitor.page.get_by_role("alert")).to_contain_text("not read them")


def test_a_key_that_stops_working_is_called_retired(
    visitor: Visitor, fake: Site, deployment: Deployment
) -> None:
    visitor.go(fake.signed_in())
    expect(visitor.heading("Today")).to_be_visible()

    deployment.keys.clear()

    expect(visitor.page.get_by_role("alert")).to_contain_text("retired")
    assert visitor.page.evaluate("sessionStorage.length") == 0


def test_while_the_store_is_away_the_last_figures_stay_with_their_time(
    visitor: Visitor, fake: Site, deployment: Deployment
) -> None:
    visitor.go(fake.signed_in())
    expect(visitor.heading("Today")).to_be_visible()

    visitor.wait_for_answers()
    deployment.fails_with = 503

    expect(visitor.page.get_by_text("The store does not answer.")).to_be_visible()
    assert "Some figures are from" in notice(visitor)
    assert visitor.count_in("Events") > 0
    expect(visitor.page.get_by_text("Not updating")).to_be_visible()


def test_when_the_store_is_back_the_notice_goes(
    visitor: Visitor, fake: Site, deployment: Deployment
) -> None:
    deployment.fails_with = 503
    visitor.go(fake.signed_in())
    expect(visitor.page.get_by_text("Some figures can't be read yet.")).to_be_visible()

    deployment.fails_with = None
    visitor.page.get_by_role("button", name="Try now").click()

    expect(visitor.heading("Today")).to_be_visible()
    expect(visitor.page.locator("#notice")).to_be_empty()


def test_a_viewer_who_goes_offline_sees_why_nothing_is_new(visitor: Visitor, fake: Site) -> None:
    visitor.go(fake.signed_in())
    expect(visitor.heading("Today")).to_be_visible()

    visitor.context.set_offline(True)

    expect(visitor.page.get_by_text("You are offline.")).to_be_visible()
    assert visitor.count_in("Events") > 0


def test_failures_are_retried_more_and_more_slowly(
    visitor: Visitor, fake: Site, deployment: Deployment
) -> None:
    visitor.page.clock.install()
    deployment.fails_with = 503
    visitor.go(fake.signed_in())
    expect(visitor.page.get_by_text("The store does not answer.")).to_be_visible()
    deployment.asked.clear()

    for _ in range(60):
        visitor.page.clock.run_for(1_000)

    # Two every four seconds would have been thirty.
    assert 2 <= deployment.asked.count("metrics/live") <= 8


def test_a_hidden_page_asks_nothing(visitor: Visitor, fake: Site, deployment: Deployment) -> None:
    visitor.page.clock.install()
    visitor.go(fake.signed_in())
    expect(visitor.heading("Today")).to_be_visible()
    visitor.page.evaluate(
        """() => {
          Object.defineProperty(document, "hidden", { value: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    visitor.wait_for_answers()
    deployment.asked.clear()

    visitor.page.clock.run_for(60_000)

    assert deployment.asked == []


def test_nothing_in_the_range_offers_a_range_that_has_something(
    visitor: Visitor, fake: Site, deployment: Deployment, clock: TestClock
) -> None:
    deployment.world = worlds.stale(clock)
    visitor.go(fake.signed_in("explore?range=24h"))
    visitor.page.get_by_role("button", name="Show the 24 hours up to then").click()

    expect(visitor.heading("Events by hour")).to_be_visible()
    expect(visitor.page.locator("tbody tr")).to_have_count(24)


def test_a_chart_stays_until_the_next_one_is_there(
    visitor: Visitor, fake: Site, deployment: Deployment
) -> None:
    visitor.go(fake.signed_in("explore"))
    expect(visitor.heading("Events by hour")).to_be_visible()
    deployment.delay_s = 5

    visitor.page.get_by_label("Metric").select_option("Errors")
    visitor.page.wait_for_timeout(500)

    expect(visitor.heading("Events by hour")).to_be_visible()
    expect(visitor.page.locator(".u-over")).to_be_visible()
    expect(visitor.heading("Errors by hour")).to_be_visible()


def test_a_type_without_events_in_the_range_is_named(visitor: Visitor, fake: Site) -> None:
    """It may be misspelt in a link; its zeros alone don't say so."""
    visitor.go(fake.signed_in("explore?types=click,clik"))

    expect(visitor.page.get_by_text("Not in this range: clik.")).to_be_visible()


def test_a_range_that_is_too_wide_says_what_would_fit(visitor: Visitor, fake: Site) -> None:
    visitor.go(fake.signed_in("explore?range=90d&by=hour"))
    expect(visitor.page.get_by_role("alert")).to_contain_text("up to 31 days")

    visitor.page.get_by_role("button", name="Show by day").click()

    expect(visitor.heading("Events by day")).to_be_visible()


def test_hours_that_are_not_rolled_up_are_filled_from_live_counters(
    visitor: Visitor, fake: Site, deployment: Deployment, clock: TestClock
) -> None:
    deployment.world = worlds.troubled(clock)
    visitor.go(fake.signed_in("explore?range=24h"))
    rows = visitor.page.locator("tbody tr")
    expect(rows).to_have_count(24)

    values = [row.locator("td").inner_text() for row in rows.all()]
    assert "0" not in values[1:]
    expect(visitor.page.get_by_text("then live")).to_be_visible()


def test_trouble_is_named_with_the_entry_of_the_runbook(
    visitor: Visitor, fake: Site, deployment: Deployment, clock: TestClock
) -> None:
    deployment.world = worlds.troubled(clock)
    visitor.go(fake.signed_in())
    visitor.page.get_by_role("link", name="Needs attention").click()

    expect(visitor.page.get_by_role("heading", level=1)).to_contain_text("2 things")
    expect(visitor.page.locator(".needs")).to_contain_text("Runbook: dead-letters")
    expect(visitor.page.get_by_text("37 in transform")).to_be_visible()


def test_samples_of_one_code_show_the_reason_and_the_record(visitor: Visitor, fake: Site) -> None:
    visitor.go(fake.signed_in("health"))
    visitor.page.get_by_role("link", name="unknown_field").click()

    samples = visitor.page.locator(".samples li")
    expect(visitor.page.get_by_text("Newest records with")).to_be_visible()
    expect(samples.first).to_contain_text("userId is not a field of an event")
    assert {code.inner_text() for code in samples.locator("summary code").all()} == {
        "unknown_field"
    }
    samples.first.locator("summary").click()
    expect(samples.first.locator("pre")).to_contain_text('"userId": "usr_')


def test_an_anomaly_opens_its_explanation(visitor: Visitor, fake: Site) -> None:
    visitor.go(fake.signed_in("overview?range=day"))
    visitor.page.get_by_role("button", name="Anomaly: Latency above usual, search").click()

    dialog = visitor.page.get_by_role("dialog")
    for fact in ("Observed", "Expected", "Score", "Baseline", "Alert"):
        expect(dialog.get_by_text(fact, exact=True)).to_be_visible()
    visitor.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_what_somebody_opened_stays_open_while_figures_change(
    visitor: Visitor, fake: Site
) -> None:
    visitor.go(fake.signed_in())
    visitor.page.get_by_text("Show as a table").click()
    table = visitor.page.get_by_role("table", name="The values of the chart")
    expect(table).to_be_visible()
    visitor.page.get_by_label("Event type").focus()

    before = visitor.count_in("Events")
    fake.post("page_view")

    expect(visitor.tile("Events").locator(".value")).not_to_have_text(f"{before:,}")
    expect(table).to_be_visible()
    expect(visitor.page.get_by_label("Event type")).to_be_focused()


def test_a_table_stays_open_when_another_range_is_chosen(visitor: Visitor, fake: Site) -> None:
    visitor.go(fake.signed_in())
    visitor.page.get_by_text("Show as a table").click()
    rows = visitor.page.get_by_role("table", name="The values of the chart").locator("tbody tr")
    expect(rows).to_have_count(60)

    visitor.page.get_by_text("24 hours", exact=True).click()

    expect(rows).to_have_count(24)


def test_today_is_shown_in_full_or_not_at_all(
    arrive: Arrive, fake: Site, clock: TestClock
) -> None:
    """Without the rollups, the running hour would pass for the whole day."""
    # Where it is noon: just after midnight there are no rollups of today.
    visitor = arrive(timezone_id=f"Etc/GMT{clock().hour - 12:+}")
    visitor.page.route(re.compile(r"/metrics\?by=range"), lambda route: route.abort())
    visitor.go(fake.signed_in())

    expect(visitor.page.locator(".notice")).to_be_visible()
    expect(visitor.page.get_by_text("Loading…")).to_be_visible()
    expect(visitor.page.locator(".tile")).to_have_count(0)


def test_a_page_that_could_not_be_loaded_is_asked_for_again(visitor: Visitor, fake: Site) -> None:
    """Chromium remembers a module that failed, and never asks for its address again."""
    visitor.go(fake.signed_in())
    expect(visitor.heading("Today")).to_be_visible()
    visitor.page.route(re.compile("/attribution.js"), lambda route: route.abort())
    visitor.page.get_by_role("link", name="Attribution").click()
    expect(visitor.page.get_by_text("This page could not be loaded.")).to_be_visible()

    visitor.page.unroute_all()
    visitor.page.get_by_role("button", name="Try now").click()

    expect(visitor.heading("Conversions by campaign")).to_be_visible(timeout=10_000)


def test_another_key_that_is_wrong_is_not_called_retired(visitor: Visitor, fake: Site) -> None:
    visitor.go(fake.signed_in())
    expect(visitor.heading("Today")).to_be_visible()

    visitor.page.evaluate("location.hash = '#overview?key=esr_wrong'")

    expect(visitor.page.get_by_role("alert")).to_contain_text("does not know this key")


def test_an_explanation_closes_when_somebody_goes_back(visitor: Visitor, fake: Site) -> None:
    visitor.go(fake.signed_in("health"))
    expect(visitor.heading("Pipeline")).to_be_visible()
    visitor.page.get_by_role("link", name="Overview").click()
    visitor.page.get_by_role("button", name="3 anomalies in 24 hours").click()
    expect(visitor.page.get_by_role("dialog")).to_be_visible()

    visitor.page.go_back()

    expect(visitor.heading("Pipeline")).to_be_visible()
    expect(visitor.page.get_by_role("dialog")).to_be_hidden()


def test_an_explanation_closes_when_the_key_is_retired(
    visitor: Visitor, fake: Site, deployment: Deployment
) -> None:
    visitor.go(fake.signed_in())
    visitor.page.get_by_role("button", name="3 anomalies in 24 hours").click()

    deployment.keys.clear()

    expect(visitor.page.get_by_role("alert")).to_contain_text("retired")
    expect(visitor.page.get_by_label("Read key")).to_be_focused()


@pytest.mark.parametrize(
    ("locale", "written"), [("en-GB", "1,234,567"), ("de-DE", "1.234.567"), ("en-IN", "12,34,567")]
)
def test_numbers_are_written_as_the_viewer_writes_them(
    arrive: Arrive, fake: Site, locale: str, written: str
) -> None:
    visitor = arrive(locale=locale)
    visitor.go(fake.dashboard)
    script = f"import('{fake.dashboard}/format.js').then(({{ count }}) => count(1234567))"

    assert visitor.page.evaluate(script) == written


def test_times_are_the_viewers_with_utc_on_hover(arrive: Arrive, fake: Site) -> None:
    visitor = arrive(timezone_id="Asia/Tokyo")
    visitor.go(fake.signed_in("explore?from=2026-11-01T00&to=2026-11-01T03"))

    newest = visitor.page.locator("tbody time").first
    expect(newest).to_have_text(re.compile(r"^1 Nov, 11:00 . 12:00$"))
    expect(newest).to_have_attribute("title", "2026-11-01 02:00 UTC")


def test_no_choice_is_lost_that_is_made_before_an_answer(
    visitor: Visitor, fake: Site, deployment: Deployment
) -> None:
    visitor.go(fake.signed_in("explore"))
    expect(visitor.heading("Events by hour")).to_be_visible()
    deployment.delay_s = 2

    visitor.page.get_by_label("Metric").select_option("Errors")
    expect(visitor.page).to_have_url(re.compile("metric=errors"))
    visitor.page.get_by_text("30 days", exact=True).click()

    expect(visitor.page).to_have_url(re.compile("metric=errors.*range=30d"))
