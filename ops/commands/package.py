"""Pack what a stage deploys, as AWS would get it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def package(
    stage: Annotated[str, typer.Option(help="A stage of .chalice/config.json.")] = "dev",
    out: Annotated[
        Path | None, typer.Option(help="Where to put it.", show_default="build/STAGE")
    ] = None,
    region: Annotated[str, typer.Option(help="Where it will run.")] = "us-east-1",
) -> None:
    """Pack what a stage deploys: the functions' zip, and the templates of its three stacks."""
    from ops.deploy.backing import backing_body
    from ops.deploy.monitoring import monitoring_body
    from ops.kit.console import Progress
    from ops.kit.project import Project
    from ops.packaging.package import copy_package, make_package

    project, progress = Project(), Progress()
    folder = out or project.root / "build" / stage
    with progress.step("Deployment package") as step:
        made = make_package(project, stage, region)
        copy_package(made, folder)
        (folder / "backing.json").write_text(backing_body(project))
        (folder / "monitoring.json").write_text(monitoring_body(project))
        step.outcome = f"{made.zip.stat().st_size / 2**20:.1f} MiB"
    for file in sorted(folder.iterdir()):
        progress.console.print(f"  {file}")
