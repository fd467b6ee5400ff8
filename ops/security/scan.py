"""Run checkov over every template, and compare its findings with the accepted ones."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.kit.errors import OperationFailed
from ops.kit.project import Project
from ops.security.findings import (
    Finding,
    evaluated_files,
    outdated,
    read_acceptances,
    read_findings,
    unaccepted,
)
from ops.security.templates import write_templates


@dataclass(frozen=True, slots=True)
class Scan:
    n_passed: int
    n_findings: int
    unaccepted: Sequence[Finding]
    outdated: Sequence[str]

    @property
    def is_clean(self) -> bool:
        return not (self.unaccepted or self.outdated)


def scan(project: Project, linter: Path) -> Scan:
    """Scan the templates of the repository and of the packaged app.

    Raises:
        OperationFailed: the linter is missing, fails, or skips a template.
    """
    accepted = read_acceptances(project.root / "infrastructure" / "accepted-findings.toml")
    report = _report(project, linter)
    found = read_findings(report)
    return Scan(
        report["summary"]["passed"],
        len(found),
        unaccepted(found, accepted),
        outdated(found, accepted),
    )


def _report(project: Project, linter: Path) -> Mapping[str, Any]:
    if not linter.exists():
        raise OperationFailed(f"{linter} does not exist.", "Install it with `make security`.")
    folder = project.root / "build" / "security"
    shutil.rmtree(folder, ignore_errors=True)
    written = write_templates(project, folder)
    report = _run(linter, folder)
    # It silently skips what it can't read.
    if missed := {str(file.relative_to(folder)) for file in written} - evaluated_files(report):
        raise OperationFailed(f"{linter} evaluated nothing in {', '.join(sorted(missed))}.")
    return report


def _run(linter: Path, folder: Path) -> Mapping[str, Any]:
    # Relative, because it takes some paths for secrets.
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
