"""`python -m ops security`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def security(
    linter: Annotated[
        Path, typer.Option(help="Path of checkov; `make security` installs it.")
    ] = Path(".venv-security/bin/checkov"),
) -> None:
    """Scan every CloudFormation template for unsafe settings with checkov.

    Includes the template of the packaged app. Exits 1 for a finding that
    infrastructure/accepted-findings.toml does not accept, and for an acceptance that is no longer
    needed.
    """
    from ops.kit.console import Progress, err, out
    from ops.kit.project import Project
    from ops.security.scan import scan

    with Progress().line("Security of templates") as line:
        found = scan(Project(), linter)
        line.outcome = f"{found.n_passed:,} checks passed, {found.n_findings} findings"
    for one in found.unaccepted:
        err.print(f"{one.rule} in {one.template}, {one.resource}: {one.title}", soft_wrap=True)
    for text in found.outdated:
        err.print(f"{text} is accepted but no longer found", soft_wrap=True)
    if not found.is_clean:
        raise typer.Exit(1)
    out.print("All findings are accepted, with a reason: infrastructure/accepted-findings.toml.")
