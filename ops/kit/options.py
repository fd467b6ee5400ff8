"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

AwsStage = Annotated[str, typer.Option("--stage", help="A stage of .chalice/config.json.")]
AwsRegion = Annotated[
    str | None,
    typer.Option("--region", help="Where it runs.", show_default="your AWS settings' region"),
]
Yes = Annotated[bool, typer.Option("--yes", help="Don't ask.")]
