"""Look for unsafe settings in every template."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from ops.kit.project import Project


def security(
    linter: Annotated[
        Path, typer.Option(help="checkov; `make security` installs it apart from all else.")
    ] = Path(".venv-security/bin/checkov"),
) -> None:
    """Judge every template, the packaged app's included, with checkov.

    Exits 1 for a finding that infrastructure/accepted-findings.toml does not accept with a reason,
    and for an acceptance that nothing needs any more.
    """
    from ops.kit.console import Progress, err, out
    from ops.kit.project import Project
    from ops.security import findings as told

    project, progress = Project(), Progress()
    accepted = told.read_acceptances(project.root / "infrastructure" / "accepted-findings.toml")
    with progress.step("Security of templates") as step:
        report = _report(project, linter)
        found = told.read_findings(report)
        step.outcome = f"{report['summary']['passed']:,} checks hold, {len(found)} findings"
    new, old = told.unaccepted(found, accepted), told.outdated(found, accepted)
    for one in new:
        err.print(f"{one.check} in {one.template}, {one.resource}: {one.title}", soft_wrap=True)
    for text in old:
        err.print(f"{text} is accepted, but no longer found", soft_wrap=True)
    if new or old:
        raise typer.Exit(1)
    out.print("Every finding is accepted for a reason: infrastructure/accepted-findings.toml.")


def _report(project: Project, linter: Path) -> Mapping[str, Any]:
    from ops.kit.errors import OperationFailed
    from ops.security.findings import looked_at
    from ops.security.templates import write_templates

    if not linter.exists():
        raise OperationFailed(f"{linter} is not there.", "`make security` installs it.")
    folder = project.root / "build" / "security"
    shutil.rmtree(folder, ignore_errors=True)
    written = write_templates(project, folder)
    report = _run(linter, folder)
    # It passes over what it can't read, and says nothing.
    if missed := {str(file.relative_to(folder)) for file in written} - looked_at(report):
        raise OperationFailed(f"{linter} found nothing to judge in {', '.join(sorted(missed))}.")
    return report


def _run(linter: Path, folder: Path) -> Mapping[str, Any]:
    from ops.kit.errors import OperationFailed

    # Where the folder is must not matter: it takes some paths for secrets.
    command = [str(linter.absolute()), "--directory", ".", "--framework", "cloudformation"]
    ran = subprocess.run(
        [*command, "--skip-download", "--output", "json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        report: Mapping[str, Any] = json.loads(ran.stdout)
    except ValueError as error:
        raise OperationFailed(f"{linter} failed.", ran.stderr[-1_000:]) from error
    return report
