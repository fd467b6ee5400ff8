"""The page about costs stays near what the command says."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from ops.cost import deployed, prices
from ops.cost.bill import Bill, bill
from ops.cost.scenarios import SCENARIOS, Scenario
from ops.cost.workload import Workload
from ops.kit.project import ROOT

PAGE = (ROOT / "docs" / "cost.md").read_text()


def priced(workload: Workload, stage: str = "prod") -> Bill:
    return bill(workload, deployed.read(stage), prices.read())


def table(name: str) -> dict[str, tuple[str, str]]:
    """Our figure and the design's, by service."""
    section = PAGE.partition(f"--scenario {name}`")[2].partition("\n##")[0]
    cell = r" \**([^|*]*?)\** \|"
    rows = re.findall(rf"^\|{cell}{cell}{cell}", section, re.MULTILINE)
    return {service: (ours, theirs) for service, ours, theirs in rows if "$" in ours}


def dollars(text: str) -> float:
    return float(text.strip(" <$").replace(",", ""))


@pytest.mark.parametrize(("name", "scenario"), SCENARIOS.items(), ids=SCENARIOS)
def test_the_page_has_the_bills_that_the_command_prints(name: str, scenario: Scenario) -> None:
    expected = priced(scenario.workload)
    figures = expected.dollars_by_service | {"total": expected.dollars}
    written = {service: dollars(ours) for service, (ours, _) in table(name).items()}

    # Print them again with --scenario when this fails: something that is deployed has changed.
    assert written == pytest.approx(figures, rel=0.1, abs=0.2)


@pytest.mark.parametrize(("name", "scenario"), SCENARIOS.items(), ids=SCENARIOS)
def test_the_page_has_the_designs_figures(name: str, scenario: Scenario) -> None:
    written = {service: dollars(said) for service, (_, said) in table(name).items() if said}

    assert written == pytest.approx({**scenario.estimate, "total": scenario.estimated_total})


def test_the_page_is_right_about_idling_and_windows() -> None:
    ten_million = Workload(events=10**7)

    assert "About $17 a month" in PAGE
    assert priced(Workload(events=0)).dollars == pytest.approx(17, abs=1)
    assert "more than twice as much" in PAGE
    ratio = priced(ten_million, "dev").dollars / priced(ten_million).dollars
    assert ratio == pytest.approx(2.4, abs=0.3)


@pytest.mark.parametrize(
    ("row", "workload"),
    [
        ("idle", Workload(events=0)),
        ("1 M events, one a request", Workload(events=10**6)),
        ("100 M events, ten a request", Workload(events=10**8, events_per_request=10)),
        ("1,000 M events, twenty a request", Workload(events=10**9, events_per_request=20)),
    ],
)
def test_the_page_says_which_aims_are_reached(row: str, workload: Workload) -> None:
    section = PAGE.partition("## What was aimed at")[2].partition("\n## ")[0]
    [line] = re.findall(rf"^\| {row} \|(.*)\|$", section, re.MULTILINE)
    _, listed, free = map(dollars, line.split("|"))

    made, table_of_prices = deployed.read("prod"), prices.read()
    less = bill(workload, made, table_of_prices, free_tier=True)
    assert listed == pytest.approx(priced(workload).dollars, rel=0.02, abs=0.6)
    assert free == pytest.approx(less.dollars, rel=0.02, abs=0.6)


@pytest.mark.parametrize(
    ("row", "workload"),
    [
        ("idle", Workload(events=0)),
        ("1 M events, one a request", Workload(events=10**6)),
        ("100 M events, ten a request", Workload(events=10**8, events_per_request=10)),
    ],
)
def test_the_page_says_what_attribution_costs(row: str, workload: Workload) -> None:
    section = PAGE.partition("## What attribution costs")[2].partition("\n## ")[0]
    [line] = re.findall(rf"^\| {row} \|(.*)\|$", section, re.MULTILINE)
    without, with_it = map(dollars, line.split("|"))

    made = deployed.read("prod", attribution=True)
    attributed = replace(workload, own_streams=True, attribution=True)
    assert without == pytest.approx(priced(workload).dollars, rel=0.02, abs=0.6)
    assert with_it == pytest.approx(
        bill(attributed, made, prices.read()).dollars, rel=0.02, abs=0.6
    )
