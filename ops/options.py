"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ops.home import Home

StateFolder = Annotated[
    Path,
    typer.Option(
        "--state",
        envvar="EVENTSTREAM_STATE",
        help="Where the local cloud keeps what it holds; another folder is another cloud.",
        show_default=str(Home().root.relative_to(Path(__file__).parents[1])),
    ),
]
DEFAULT_STATE = Home().root

DEFAULT_DEMO_STATE = DEFAULT_STATE.parent / "demo"
DemoStateFolder = Annotated[
    Path,
    typer.Option(
        "--state",
        help="Where the demo's own local cloud keeps what it holds; emptied first.",
        show_default=str(DEFAULT_DEMO_STATE.relative_to(Path(__file__).parents[1])),
    ),
]

AwsStage = Annotated[str, typer.Option("--stage", help="A stage of .chalice/config.json.")]
AwsRegion = Annotated[
    str | None,
    typer.Option("--region", help="Where it runs.", show_default="your AWS settings' region"),
]
Yes = Annotated[bool, typer.Option("--yes", help="Don't ask.")]
