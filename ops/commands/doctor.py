"""Compare what runs with what should."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from ops.kit.options import AwsRegion, AwsStage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from ops.doctor.check import Result


def doctor(stage: AwsStage, region: AwsRegion = None) -> None:
    """Look for whatever would lose data or leave a door open; exit 1 on any finding.

    Only reads. A stack may also have drifted in ways that do neither:
    `aws cloudformation detect-stack-drift` finds those.
    """
    from ops.doctor.check import examine
    from ops.doctor.checks import CHECKS
    from ops.kit.console import out
    from ops.kit.project import Project
    from ops.stage.account import aws_target

    target = aws_target(stage, Project(), region)
    results = examine(target, CHECKS)
    out.print(shown(results))
    if not all(result.is_well for result in results):
        raise typer.Exit(1)


def shown(results: Sequence[Result]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0))
    for title in ("", "Looked at", "Found", "To mend it"):
        table.add_column(title, overflow="fold")
    for result in results:
        mark = "[green]✓[/]" if result.is_well else "[red]✗[/]"
        mend = "" if result.is_well else result.check.mend
        found = "\n".join(result.problems) or "as it should be"
        table.add_row(mark, result.check.title, Text(found), Text(mend))
    return table
