"""`python -m ops package`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def package(
    stage: Annotated[str, typer.Option(help="Stage, as in .chalice/config.json.")] = "dev",
    out: Annotated[
        Path | None, typer.Option(help="Output folder.", show_default="build/STAGE")
    ] = None,
    region: Annotated[str, typer.Option(help="AWS region to deploy to.")] = "us-east-1",
) -> None:
    """Build what a stage deploys: the functions' zip and the templates of its stacks.

    The stack of extras is deployed separately, by those who want it: see docs/recovery.md.
    """
    from ops.deploy.write_package import write_package
    from ops.kit.console import Progress
    from ops.kit.project import Project

    project, progress = Project(), Progress()
    folder = out or project.root / "build" / stage
    with progress.line("Deployment package") as line:
        made = write_package(project, stage, region, folder)
        line.outcome = f"{made.zip.stat().st_size / 2**20:.1f} MiB"
    for file in sorted(folder.iterdir()):
        progress.console.print(f"  {file}")
