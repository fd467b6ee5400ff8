"""The linter's findings, compared with those that are accepted for a reason."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple


class Finding(NamedTuple):
    rule: str
    template: str
    resource: str
    title: str


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A rule that these templates may break, in these resources or any, and why."""

    rule: str
    templates: tuple[str, ...]
    resources: tuple[str, ...]
    reason: str

    def covers(self, finding: Finding) -> bool:
        return (
            finding.rule == self.rule
            and finding.template in self.templates
            and (not self.resources or finding.resource in self.resources)
        )


def read_acceptances(file: Path) -> list[Acceptance]:
    written: Mapping[str, Mapping[str, Any]] = tomllib.loads(file.read_text())
    return [
        Acceptance(rule, tuple(one["templates"]), tuple(one.get("resources", ())), one["reason"])
        for rule, one in written.items()
    ]


def read_findings(report: Mapping[str, Any]) -> list[Finding]:
    """Read what checkov reports as failed, once for each thing."""
    failed = report["results"]["failed_checks"]
    return sorted({_finding(one) for one in failed})


def evaluated_files(report: Mapping[str, Any]) -> set[str]:
    """Return the files in which checkov found anything to evaluate."""
    return {
        one["file_path"].lstrip("/") for checks in report["results"].values() for one in checks
    }


def _finding(failed: Mapping[str, Any]) -> Finding:
    template, resource = Path(failed["file_path"]).stem, failed["resource"].rpartition(".")[2]
    return Finding(failed["check_id"], template, resource, failed["check_name"])


def unaccepted(findings: Iterable[Finding], accepted: Iterable[Acceptance]) -> list[Finding]:
    known = [*accepted]
    return [finding for finding in findings if not any(one.covers(finding) for one in known)]


def outdated(findings: Iterable[Finding], accepted: Iterable[Acceptance]) -> list[str]:
    """List what is accepted in a template where it is no longer found."""
    found = {(finding.rule, finding.template) for finding in findings}
    return [
        f"{one.rule} in {template}"
        for one in accepted
        for template in one.templates
        if (one.rule, template) not in found
    ]
