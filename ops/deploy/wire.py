"""Settings that neither Chalice nor CloudFormation can make: event sources, key, limits."""

from __future__ import annotations

from dataclasses import dataclass

from ops.deploy.admission import admit
from ops.deploy.event_sources import wire_event_sources
from ops.stage.target import Target


@dataclass(frozen=True, slots=True)
class Wired:
    api_key: str
    changes: tuple[str, ...]

    @property
    def outcome(self) -> str:
        return "set" if self.changes else "unchanged"


def wire(target: Target, api_id: str) -> Wired:
    admission = admit(target, api_id)
    changes = wire_event_sources(target)
    if admission.changed:
        changes.append("API key and usage plan")
    return Wired(admission.api_key, tuple(changes))
