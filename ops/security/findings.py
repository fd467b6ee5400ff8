"""What a linter has found, beside what is accepted for a reason."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple


class Finding(NamedTuple):
    check: str
    template: str
    resource: str
    title: str


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A check that need not hold in these templates, and why; of these resources, or of any."""

    check: str
    templates: tuple[str, ...]
    resources: tuple[str, ...]
    reason: str

    def covers(self, finding: Finding) -> bool:
        return (
            finding.check == self.check
            and finding.template in self.templates
            and (not self.resources or finding.resource in self.resources)
        )


def read_acceptances(file: Path) -> list[Acceptance]:
    written: Mapping[str, Mapping[str, Any]] = tomllib.loads(file.read_text())
    return [
        Acceptance(check, tuple(one["templates"]), tuple(one.get("resources", ())), one["reason"])
        for check, one in written.items()
    ]


def read_findings(report: Mapping[str, Any]) -> list[Finding]:
    """Read what checkov reports as failed, once for each thing."""
    failed = report["results"]["failed_checks"]
    return sorted({_finding(one) for one in failed})


def looked_at(report: Mapping[str, Any]) -> set[str]:
    """Where checkov has found anything to judge."""
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
    """Checks that are accepted in a template where nothing is found any more."""
    found = {(finding.check, finding.template) for finding in findings}
    return [
        f"{one.check} in {template}"
        for one in accepted
        for template in one.templates
        if (one.check, template) not in found
    ]
