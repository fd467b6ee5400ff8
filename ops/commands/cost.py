"""`python -m ops cost`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from typer import Option

from ops.kit.options import AsJson


def cost(  # noqa: PLR0913  one for each option
    *,
    events: Annotated[
        int | None,
        Option("--events-per-month", help="Events per month; 0 is idle.", min=0, max=10**12),
    ] = None,
    scenario: Annotated[
        str | None,
        Option(
            help="Scenario: development, production or small. Compares the bill with the estimate"
            " of the original design."
        ),
    ] = None,
    event_bytes: Annotated[
        int | None, Option(help="Size of an event's JSON.", min=100, show_default="1000")
    ] = None,
    events_per_request: Annotated[
        int | None, Option(help="Average events per request.", min=1, show_default="1")
    ] = None,
    types: Annotated[
        int | None,
        Option(
            help="Number of equally frequent event types; from three on, click and checkout are"
            " two of them.",
            min=1,
            max=10_000,
            show_default="10",
        ),
    ] = None,
    shards: Annotated[
        int | None,
        Option(
            help="Total shards of the three streams.",
            min=1,
            max=20_000,
            show_default="what the peak needs",
        ),
    ] = None,
    on_demand: Annotated[bool | None, Option("--on-demand", help="Use on-demand streams.")] = None,
    peak: Annotated[
        float | None,
        Option(help="Peak rate, as a multiple of the mean.", min=1, max=1_000, show_default="4"),
    ] = None,
    months_kept: Annotated[
        int | None,
        Option(help="Months of events in archive and lake.", min=1, max=240, show_default="12"),
    ] = None,
    athena_tb: Annotated[
        float | None,
        Option(help="Terabytes that queries scan.", min=0, max=1e6, show_default="0.03"),
    ] = None,
    queries: Annotated[
        int | None,
        Option(
            help="Athena queries, each of one day's files.", min=0, max=10**8, show_default="300"
        ),
    ] = None,
    alerts: Annotated[
        int | None, Option(help="Alerts sent by email.", min=0, max=10**9, show_default="100")
    ] = None,
    experiments: Annotated[
        int | None,
        Option(help="Experiments that run at once.", min=0, max=40, show_default="none"),
    ] = None,
    attribution: Annotated[
        bool | None,
        Option(
            "--attribution",
            help="Attribute checkouts to clicks, in a database.",
            show_default="as the stage has it",
        ),
    ] = None,
    custom_metrics: Annotated[
        int | None,
        Option(
            help="Custom CloudWatch metrics.", min=0, max=10**6, show_default="those with values"
        ),
    ] = None,
    stage: Annotated[
        str, Option(help="Stage whose memory sizes and batching window to use.")
    ] = "prod",
    prices: Annotated[
        Path | None,
        Option(
            help="TOML file with the prices of another region.",
            show_default="ops/cost/us-east-1.toml",
        ),
    ] = None,
    free_tier: Annotated[
        bool, Option("--free-tier", help="Take off what AWS gives every account each month.")
    ] = False,
    compare: Annotated[
        bool, Option("--compare", help="Compare with what other systems say they cost.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Estimate what a deployment costs per month, by service, and explain each item.

    Quantities follow from how the functions work and from this project's own benchmarks; they have
    not been compared with a real bill. Give --events-per-month, or --scenario and what to change
    in it.
    """
    from ops.cost.quote import quote
    from ops.cost.show import as_json as to_json
    from ops.cost.show import show

    changes = {
        "events": events,
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
        "experiments": experiments,
        "attribution": attribution,
        "custom_metrics": custom_metrics,
    }
    given = {name: value for name, value in changes.items() if value is not None}
    try:
        quoted = quote(scenario, given, stage, prices, free_tier=free_tier, compare=compare)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if as_json:
        print(json.dumps(to_json(quoted), indent=2))
    else:
        show(quoted)
