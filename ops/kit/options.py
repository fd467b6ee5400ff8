"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

AwsStage = Annotated[str, typer.Option("--stage", help="Stage, as in .chalice/config.json.")]
AwsRegion = Annotated[
    str | None,
    typer.Option("--region", help="AWS region.", show_default="from your AWS settings"),
]
Yes = Annotated[bool, typer.Option("--yes", help="Skip the confirmation prompt.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Seed = Annotated[int, typer.Option(help="Random seed for the generator.")]
EventTypes = Annotated[
    list[str] | None,
    typer.Option(
        "--event-type",
        help="Include only this event type. Repeatable.",
        metavar="TYPE",
        show_default="all types",
    ),
]
