"""Options for the folder of a local cloud."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ops.kit.project import ROOT
from ops.local.home import Home

DEFAULT_STATE = Home().root
StateFolder = Annotated[
    Path,
    typer.Option(
        "--state",
        envvar="EVENTSTREAM_STATE",
        help="Data folder of the local cloud. Each folder is a separate cloud.",
        show_default=str(DEFAULT_STATE.relative_to(ROOT)),
    ),
]

DEFAULT_DEMO_STATE = DEFAULT_STATE.parent / "demo"
DemoStateFolder = Annotated[
    Path,
    typer.Option(
        "--state",
        help="Data folder of the demo's own local cloud. It is emptied first.",
        show_default=str(DEFAULT_DEMO_STATE.relative_to(ROOT)),
    ),
]
