"""The command, as a person or a program runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ops.__main__ import app
from ops.cost.alternatives import ALTERNATIVES
from ops.cost.scenarios import SCENARIOS


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["cost", *arguments], env={"COLUMNS": "120"})


def answer_of(*arguments: str) -> dict[str, object]:
    ran = run(*arguments, "--json")
    assert ran.exit_code == 0, ran.output
    read: dict[str, object] = json.loads(ran.stdout)
    return read


def test_a_bill_has_services_total_and_sources() -> None:
    ran = run("--events-per-month", "10000000")

    assert ran.exit_code == 0
    for text in ("API Gateway", "$35.00", "per million events", "us-east-1", "--free-tier"):
        assert text in ran.stdout


def test_lines_add_up_to_services_and_services_to_the_total() -> None:
    answer = answer_of("--events-per-month", "10000000")
    lines, services = answer["lines"], answer["services"]

    assert isinstance(lines, list)
    assert isinstance(services, dict)
    total = pytest.approx(answer["dollars"], abs=0.01)
    assert sum(line["dollars"] for line in lines) == total
    assert sum(services.values()) == total


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_is_shown_beside_the_designs_estimate(name: str) -> None:
    ran = run("--scenario", name)

    assert ran.exit_code == 0
    assert "why they differ" in ran.stdout
    assert f"${SCENARIOS[name].estimated_total:,.2f}" in ran.stdout


@pytest.mark.parametrize("name", SCENARIOS)
def test_wherever_we_differ_from_the_estimate_we_say_why(name: str) -> None:
    services = answer_of("--scenario", name)["services"]
    scenario = SCENARIOS[name]

    assert isinstance(services, dict)
    assert scenario.estimate.keys() <= services.keys()
    for service, said in scenario.estimate.items():
        if abs(services[service] - said) > 0.01:
            assert service in scenario.reasons


def test_what_is_always_free_is_taken_off_and_named() -> None:
    list_prices = answer_of("--events-per-month", "1000000")
    less = answer_of("--events-per-month", "1000000", "--free-tier")
    shown = " ".join(run("--events-per-month", "1000000", "--free-tier").stdout.split())

    saved = less["free_tier_dollars"]
    assert isinstance(saved, float)
    assert saved > 0
    assert list_prices["dollars"] == pytest.approx(float(str(less["dollars"])) + saved, abs=0.001)
    assert "as of 2026-11-21: Lambda invocations (1 million)" in shown


def test_no_more_than_was_used_is_free() -> None:
    answer = answer_of("--events-per-month", "0", "--free-tier")

    assert isinstance(answer["lines"], list)
    assert all(line["free"] <= line["quantity"] for line in answer["lines"])


def test_each_alternative_is_compared_on_its_own_workload_and_names_its_source() -> None:
    answer = answer_of("--events-per-month", "0", "--compare")
    ran = run("--events-per-month", "0", "--compare")

    assert isinstance(answer["alternatives"], list)
    assert len(answer["alternatives"]) == len(ALTERNATIVES)
    for other in answer["alternatives"]:
        assert other["source"]
        assert 0 < other["our_dollars_free_tier"] <= other["our_dollars"]
    assert "Snowplow" in ran.stdout


def test_a_changed_scenario_stands_alone() -> None:
    ran = run("--scenario", "small", "--types", "3")

    assert ran.exit_code == 0
    assert "why they differ" not in ran.stdout


def test_a_scenario_can_be_had_on_demand() -> None:
    workload = answer_of("--scenario", "production", "--on-demand")["workload"]

    assert isinstance(workload, dict)
    assert (workload["on_demand"], workload["shards"]) == (True, None)


def test_idling_has_a_price_and_no_price_an_event() -> None:
    answer = answer_of("--events-per-month", "0")

    assert isinstance(answer["dollars"], float)
    assert answer["dollars"] > 10
    assert answer["dollars_per_million_events"] is None


def test_on_demand_streams_are_billed_by_what_they_hold() -> None:
    ran = run("--events-per-month", "1000000", "--on-demand")

    assert "on-demand data in" in ran.stdout
    assert "shard hours" not in ran.stdout


def test_attribution_adds_a_database_two_streams_and_their_functions() -> None:
    without = answer_of("--events-per-month", "1000000")["services"]
    found = answer_of("--events-per-month", "1000000", "--attribution")["services"]

    assert isinstance(without, dict)
    assert isinstance(found, dict)
    assert found.keys() - without.keys() == {"RDS", "Secrets Manager"}
    assert found["Kinesis"] == pytest.approx(without["Kinesis"] + 2 * 730 * 0.015, abs=0.01)
    assert found["Lambda"] > without["Lambda"]


def test_too_few_shards_for_the_peak_are_remarked() -> None:
    ran = run("--events-per-month", "10000000000", "--events-per-request", "100", "--shards", "6")

    assert "would throttle it" in ran.stdout


def test_amounts_that_earn_a_discount_are_remarked() -> None:
    ran = run("--events-per-month", "1000000000")

    assert "Volume discounts would lower: REST requests" in ran.stdout


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "give --events-per-month or --scenario"),
        (["--scenario", "huge"], "the scenarios are development, production, small"),
        (["--events-per-month", "-1"], "greater than or equal to 0"),
        (["--events-per-month", "9", "--peak", "nan"], "less than or equal to 1000"),
        (["--events-per-month", "9", "--prices", "nowhere.toml"], "nowhere.toml"),
    ],
    ids=["nothing", "scenario", "events", "peak", "prices"],
)
def test_a_mistake_is_answered_with_what_is_wrong(arguments: list[str], complaint: str) -> None:
    ran = run(*arguments)

    assert ran.exit_code == 2
    assert complaint in " ".join(ran.output.replace("│", "").split())


def test_a_table_without_a_price_that_is_needed_says_which(tmp_path: Path) -> None:
    (tmp_path / "empty.toml").write_text('region = "x"\n')
    ran = run("--events-per-month", "9", "--prices", str(tmp_path / "empty.toml"))

    assert ran.exit_code == 2
    assert "no price for" in ran.output
