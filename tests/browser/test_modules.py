"""What the page's modules compute, run where they run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser import worlds
from tests.browser.fake_api import Deployment, FakeApi, TestClock
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def module(browser: Browser, clock: TestClock) -> Iterator[Any]:
    """Return a function that evaluates an expression over what a module exports."""
    visitor = Visitor.arrive(browser)
    with FakeApi(Deployment(worlds.none(clock))) as api:
        visitor.go(f"{api.url}/dashboard")

        def evaluate(name: str, expression: str) -> Any:
            body = f"{{ with (module) {{ return {expression}; }} }}"
            script = f"import('{api.url}/dashboard/{name}').then((module) => {body})"
            return visitor.page.evaluate(script)

        yield evaluate
        visitor.context.close()


@pytest.mark.parametrize(
    ("value", "before", "said"),
    [
        (112, 100, {"direction": "up", "text": "12%"}),
        (88, 100, {"direction": "down", "text": "12%"}),
        (100.2, 100, {"direction": "same", "text": ""}),
        (5, 0, None),
        ("null", 100, None),
    ],
)
def test_a_change_says_how_much_and_which_way(
    module: Any, value: object, before: object, said: object
) -> None:
    assert module("format.js", f"change({value}, {before})") == said


def test_shares_change_by_points(module: Any) -> None:
    said = module("format.js", "change(0.031, 0.021, true)")

    assert said == {"direction": "up", "text": "1 pt"}


@pytest.mark.parametrize(
    ("share", "text"),
    [("0", "0%"), ("0.0042", "0.42%"), ("0.654", "65%"), ("null", "\N{EN DASH}")],
)
def test_a_small_share_keeps_two_digits(module: Any, share: str, text: str) -> None:
    assert module("format.js", f"percent({share})") == text


@pytest.mark.parametrize(
    ("ms", "text"), [(3_000, "3 secs"), (150_000, "2.5 mins"), (5 * 3_600_000, "5 hrs")]
)
def test_a_duration_is_written_in_its_largest_unit(module: Any, ms: int, text: str) -> None:
    assert module("format.js", f"duration({ms})") == text


def test_waiting_grows_with_failures_up_to_a_minute(module: Any) -> None:
    waits = module("poll.js", "[0, 1, 2, 3, 4, 9].map((n) => delayAfter(n, 4000))")

    assert waits == [4_000, 8_000, 16_000, 32_000, 60_000, 60_000]


def test_a_server_that_asks_for_patience_gets_it(module: Any) -> None:
    assert module("poll.js", "delayAfter(1, 4000, 120)") == 120_000


def test_a_file_quotes_what_a_spreadsheet_would_split(module: Any) -> None:
    text = module(
        "csv.js", """csv([["from", "events page_view, before"], ["a\\"b", 1.5, null]])"""
    )

    assert text == 'from,"events page_view, before"\r\n"a""b",1.5,\r\n'


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\\t=1", "\\r=1"])
def test_a_file_has_no_text_that_a_spreadsheet_calculates(module: Any, text: str) -> None:
    line = module("csv.js", f"""csv([["{text}", -1]])""")

    assert line.lstrip('"').startswith("'")
    assert line.endswith(",-1\r\n")


@pytest.mark.parametrize("name", ["page_view", "a/b c", "_", "abcdefghijklmnopqrstuvwxyz", ""])
def test_a_name_that_can_be_broken_is_the_same_name(module: Any, name: str) -> None:
    text = module("parts.js", f"""breakable("{name}").map(([part]) => part).join("")""")

    assert text == name


@pytest.mark.parametrize(
    "fragment",
    [
        "#overview",
        "#explore?metric=p95&types=page_view,click&range=30d",
        "#explore?from=2026-11-01T00&to=2026-11-08T00&by=day&compare=1",
        "#health?days=7&code=invalid_json",
    ],
)
def test_an_address_that_was_read_is_written_again_as_it_was(module: Any, fragment: str) -> None:
    expression = f"[readView('{fragment}')].map((read) => fragmentOf(read.view, read.parameters))"

    assert module("url.js", expression) == [fragment]


@pytest.mark.parametrize("fragment", ["", "#", "#nonsense", "#/overview", "#key"])
def test_any_other_address_is_the_overview(module: Any, fragment: str) -> None:
    assert module("url.js", f"readView('{fragment}').view") == "overview"


def test_unknown_parameters_fall_back_to_what_is_usual(module: Any) -> None:
    state = module(
        "explore-state.js", "stateOf({ metric: 'x', range: '9y', by: 'week', from: 'x' })"
    )

    assert state == {
        "metric": "events",
        "types": "_all",
        "range": "7d",
        "from": None,
        "to": None,
        "by": "hour",
        "compare": False,
    }


def test_the_period_before_is_as_long_and_ends_where_the_other_begins(module: Any) -> None:
    assert module("explore-state.js", "before({ from: 100, to: 150, step: 10 })") == {
        "from": 50,
        "to": 100,
        "step": 10,
    }


def test_days_in_a_date_field_are_the_viewers(module: Any) -> None:
    """In Berlin a winter's day begins at 23:00 UTC."""
    found = module("explore-state.js", "rangeOfDays('2026-11-02', '2026-11-08')")

    assert found == {"range": "custom", "from": "2026-11-01T23", "to": "2026-11-08T23"}


def test_yesterday_is_a_day_of_the_calendar_when_clocks_are_changed(module: Any) -> None:
    """On 25 October 2026 Berlin's day has 25 hours."""
    noon = "Date.parse('2026-10-26T11:00:00Z')"

    days = module("time.js", f"[0, 1].map((n) => iso(startOfDay({noon}, n)))")

    assert days == ["2026-10-25T23:00:00Z", "2026-10-24T22:00:00Z"]


def test_a_clock_that_is_wrong_is_set_by_the_server(module: Any) -> None:
    expression = """((clock) => {
      clock.adjust(new Date(Date.now() - 600000).toUTCString());
      return Math.round((clock.now() - Date.now()) / 60000);
    })(new Clock())"""

    assert module("time.js", expression) == -10


def test_what_can_be_added_is_the_sum_of_rollups_and_live_counters(module: Any) -> None:
    row = """{
      events: 90, errors: 1, users: 7, users_relative_error: 0.01, latency: { p95_ms: 5 },
      amounts: { EUR: { total_micros: 1500000 } }, final: true,
    }"""
    live = """[{
      records: 10, errors: 4, latency: { p95_ms: 9 },
      amounts: { EUR: { total_micros: 250000 }, USD: { total_micros: 1 } },
    }]"""

    figures = module("overview-data.js", f"figuresOf({row}, {live})")

    assert (figures["events"], figures["errors"], figures["errorRate"]) == (100, 5, 0.05)
    assert figures["amounts"] == [["EUR", 1.75], ["USD", 1e-06]]
    assert (figures["users"], figures["isEstimate"]) == (7, True)
    assert figures["latency"] == {"p95_ms": 5}


def test_an_hour_that_has_just_ended_is_counted_once(module: Any) -> None:
    """Its live row is among the gaps once rollups were read, and no longer among the current."""
    expression = """(async () => {
      const clock = { time: Date.parse("2026-11-21T10:59:58Z"), now() { return this.time; } };
      const row = { event_type: "_all", from: "2026-11-21T10:00:00.000Z", records: 5 };
      const missing = ["2026-11-21T10:00:00.000Z"];
      const getAll = async (path) =>
        ({ rows: path === "metrics" ? [] : [row], hours_not_rolled_up: missing });
      const rows = new Rows({ api: { getAll }, clock });
      const [from, to] = ["2026-11-21T00:00Z", "2026-11-21T12:00Z"].map(Date.parse);
      await rows.readCurrent(["_all"]);
      clock.time += 4000;
      await rows.read({ from, to, types: ["_all"] });
      return rows.live("_all", from).length;
    })()"""

    assert module("rows.js", expression) == 1


def test_figures_are_final_up_to_the_first_hour_with_events_and_no_rollup(module: Any) -> None:
    """Hours from before the first event have no rollup either, and nothing to wait for."""
    expression = """(async () => {
      const hour = (n) => `2026-11-21T${n}:00:00.000Z`;
      const [from, to] = [hour("00"), hour("12")].map(Date.parse);
      const live = [{ event_type: "_all", from: hour("09"), records: 5 }];
      const missing = { rows: [], hours_not_rolled_up: [hour("00"), hour("01"), hour("09")] };
      const getAll = async (path) => (path === "metrics" ? missing : { rows: live });
      const rows = new Rows({ api: { getAll }, clock: { now: () => to } });
      await rows.read({ from, to, types: ["_all"] });
      return new Date(rows.settledUntil(from, to)).toISOString();
    })()"""

    assert module("rows.js", expression) == "2026-11-21T09:00:00.000Z"


def test_a_seventh_type_is_among_the_others(module: Any) -> None:
    expression = """((palette) => {
      palette.assign(["a", "b", "c", "d", "e", "f", "g"]);
      return palette.series(["a", "g"], (type) => [type === "a" ? 2 : 1], [5]);
    })(new Palette())"""

    assert module("series.js", expression) == [
        {"name": "a", "slot": 1, "values": [2]},
        {"name": "other", "slot": 0, "values": [3]},
    ]


def test_a_node_that_can_stay_is_kept(module: Any) -> None:
    expression = """((root) => {
      render(root, el("p", "one"), el("input", { id: "field" }));
      const [paragraph, field] = root.children;
      render(root, el("p.new", "two"), el("input", { id: "field" }), null, false);
      return [root.children[0] === paragraph, root.children[1] === field, root.innerHTML];
    })(document.createElement("div"))"""

    assert module("dom.js", expression) == [
        True,
        True,
        '<p class="new">two</p><input id="field">',
    ]


def test_rows_of_other_things_are_other_nodes(module: Any) -> None:
    expression = """((root) => {
      render(root, el("p", { "data-key": "a" }, "a"));
      const [first] = root.children;
      render(root, el("p", { "data-key": "b" }, "b"));
      return root.children[0] === first;
    })(document.createElement("div"))"""

    assert module("dom.js", expression) is False
