"""Say what a deployment would cost a month, and why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ops.cost.workload import MAX_EVENT_BYTES

if TYPE_CHECKING:
    from ops.cost.bill import Bill
    from ops.cost.prices import Prices
    from ops.cost.scenarios import Scenario
    from ops.cost.workload import Workload

MAX_EVENTS = 10**12


def cost(  # noqa: PLR0913  one for each option
    *,
    events_per_month: Annotated[
        int | None, typer.Option(help="0 is what idling costs.", min=0, max=MAX_EVENTS)
    ] = None,
    scenario: Annotated[
        str | None,
        typer.Option(help="development, production or small, beside the designs' estimates."),
    ] = None,
    event_bytes: Annotated[
        int | None,
        typer.Option(
            help="Of an event's JSON.", min=100, max=MAX_EVENT_BYTES, show_default="1000"
        ),
    ] = None,
    events_per_request: Annotated[
        int | None, typer.Option(help="On average.", min=1, max=500, show_default="1")
    ] = None,
    types: Annotated[
        int | None,
        typer.Option(
            help="Event types, equally frequent; of three or more two are click and checkout.",
            min=1,
            max=10_000,
            show_default="10",
        ),
    ] = None,
    shards: Annotated[
        int | None,
        typer.Option(
            help="Of the three streams together.",
            min=1,
            max=20_000,
            show_default="what the peak takes",
        ),
    ] = None,
    on_demand: Annotated[
        bool | None, typer.Option("--on-demand", help="Streams that are billed by what they hold.")
    ] = None,
    peak: Annotated[
        float | None,
        typer.Option(help="Times the mean rate.", min=1, max=1_000, show_default="4"),
    ] = None,
    months_kept: Annotated[
        int | None,
        typer.Option(
            help="Months of events that archive and lake hold.",
            min=1,
            max=240,
            show_default="12",
        ),
    ] = None,
    athena_tb: Annotated[
        float | None,
        typer.Option(help="Scanned by queries.", min=0, max=1e6, show_default="0.03"),
    ] = None,
    queries: Annotated[
        int | None,
        typer.Option(
            help="Of Athena, each over one day's files.", min=0, max=10**8, show_default="300"
        ),
    ] = None,
    alerts: Annotated[
        int | None,
        typer.Option(help="Of anomalies, by e-mail.", min=0, max=10**9, show_default="100"),
    ] = None,
    custom_metrics: Annotated[
        int | None,
        typer.Option(help="In CloudWatch.", min=0, max=10**6, show_default="20"),
    ] = None,
    stage: Annotated[
        str, typer.Option(help="Whose memory sizes and batching window to take.")
    ] = "prod",
    prices: Annotated[
        Path | None,
        typer.Option(help="Of another region, as TOML.", show_default="ops/cost/us-east-1.toml"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs to read.")] = False,
) -> None:
    """Say what a deployment would cost a month, by list prices, service by service, and why.

    Quantities follow from how the functions work and from times measured on this project's own
    benchmarks; no bill was seen. Give --events-per-month, or --scenario and what to change in it.
    """
    from ops.cost import deployed
    from ops.cost.bill import bill

    changes = {
        "events": events_per_month,
        "event_bytes": event_bytes,
        "events_per_request": events_per_request,
        "types": types,
        "shards": shards,
        "on_demand": on_demand,
        "peak": peak,
        "months_kept": months_kept,
        "athena_tb": athena_tb,
        "queries": queries,
        "alerts": alerts,
        "custom_metrics": custom_metrics,
    }
    given = {name: value for name, value in changes.items() if value is not None}
    chosen = _scenario(scenario)
    workload = _workload(chosen, given)
    table = _prices(prices)
    try:
        month = bill(workload, deployed.read(stage), table)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--prices") from error
    # Beside another workload the design's figures would mean nothing.
    beside = chosen if chosen and chosen.workload == workload else None
    _print(month, table, beside, as_json=as_json)


def _scenario(name: str | None) -> Scenario | None:
    from ops.cost.scenarios import SCENARIOS

    if name is None:
        return None
    if name not in SCENARIOS:
        known = ", ".join(SCENARIOS)
        raise typer.BadParameter(f"{name}: there are {known}", param_hint="--scenario")
    return SCENARIOS[name]


def _workload(scenario: Scenario | None, given: Mapping[str, Any]) -> Workload:
    from ops.cost.workload import Workload

    if scenario is None and "events" not in given:
        raise typer.BadParameter("give --events-per-month or --scenario")
    if given.get("on_demand"):
        # Instead of those of a scenario.
        given = {"shards": None, **given}
    try:
        return replace(scenario.workload, **given) if scenario else Workload(**given)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _prices(path: Path | None) -> Prices:
    from ops.cost.prices import US_EAST_1, read

    try:
        return read(path or US_EAST_1)
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"{path}: {error}", param_hint="--prices") from error


def _print(month: Bill, prices: Prices, beside: Scenario | None, *, as_json: bool) -> None:
    from ops.cost import show

    if as_json:
        print(json.dumps(show.as_json(month, prices, beside), indent=2))
    else:
        show.show(month, prices, beside)
