"""Step 0: write into `.chalice` what `chalice deploy` must read there word for word."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from ops.kit.project import Project
from ops.packaging.chalice_config import (
    CONFIG_FILE,
    Literals,
    differences,
    files_of,
    literals_of,
)
from ops.packaging.layer import newest_layer
from ops.packaging.workspace import write_files
from ops.stage.places import Place
from ops.stage.target import Target


@dataclass(frozen=True, slots=True)
class Plan:
    """The files that change, and what changes in them, a line each."""

    files: dict[str, str]
    lines: tuple[str, ...]


def plan_configuration(project: Project, stage: str, literals: Literals | None) -> Plan:
    wanted = files_of(project.config, stage, literals)
    changed = {name: text for name, text in wanted.items() if _text(project, name) != text}
    return Plan(changed, tuple(_told(project, changed)))


def apply(project: Project, plan: Plan) -> None:
    write_files(project.chalice, plan.files)


def literals_for(target: Target, layer_arn: str | None = None) -> Literals:
    """This account's literals, where a layer that was once chosen stays until told otherwise."""
    names = target.names
    place = Place(names.stage, names.account, names.region, names.partition)
    before = literals_of(target.project.config, names.stage)
    kept = before.layer_arn if before and before.place == place else ""
    subnets = target.stage.subnet_ids
    return Literals(
        place,
        layer_arn or kept or newest_layer(target.session),
        subnets,
        target.stage.security_group_ids,
    )


def _told(project: Project, changed: dict[str, str]) -> Iterator[str]:
    for name, text in changed.items():
        if name == CONFIG_FILE:
            yield from differences(project.config, json.loads(text))
        else:
            yield f"{name}: {'rendered anew' if _text(project, name) else 'made'}"


def _text(project: Project, name: str) -> str | None:
    file = project.chalice / name
    return file.read_text() if file.exists() else None
