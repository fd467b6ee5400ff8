"""Step 0: write into `.chalice` what `chalice deploy` must read there word for word."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from ops.kit.project import Project
from ops.packaging.chalice_config import (
    CONFIG_FILE,
    DatabaseNetwork,
    Literals,
    as_text,
    bare,
    differences,
    files_of,
    literals_of,
)
from ops.packaging.layer import newest_layer
from ops.packaging.policies import policy_file
from ops.packaging.workspace import write_files
from ops.stage.places import Place
from ops.stage.stages import Stage
from ops.stage.target import Target


@dataclass(frozen=True, slots=True)
class Plan:
    """The files that change, those that go, and what changes, a line each."""

    files: dict[str, str]
    removed: tuple[str, ...]
    lines: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.files) + len(self.removed)


def plan_configuration(project: Project, stage: Stage, literals: Literals | None) -> Plan:
    """What it takes to configure a stage; without literals, to take its configuration out."""
    wanted = files_of(project, stage, literals) if literals else _forgotten(project, stage.name)
    changed = {name: text for name, text in wanted.items() if _text(project, name) != text}
    removed = tuple(name for name in _policies(project, stage.name) if name not in wanted)
    lines = [*_shown(project, changed), *(f"{name}: removed" for name in removed)]
    return Plan(changed, removed, tuple(lines))


def apply(project: Project, plan: Plan) -> None:
    write_files(project.chalice, plan.files)
    for name in plan.removed:
        (project.chalice / name).unlink()


def _forgotten(project: Project, stage: str) -> dict[str, str]:
    return {CONFIG_FILE: as_text(bare(project.config, stage))}


def _policies(project: Project, stage: str) -> Iterator[str]:
    """The policies that are there, those of functions that are gone among them."""
    for file in sorted((project.chalice / policy_file(stage, "")).parent.glob("*.json")):
        yield str(file.relative_to(project.chalice))


def literals_for(
    target: Target, layer_arn: str | None = None, database: DatabaseNetwork | None = None
) -> Literals:
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
        database or (before.database if before and before.place == place else None),
    )


def _shown(project: Project, changed: dict[str, str]) -> Iterator[str]:
    for name, text in changed.items():
        if name == CONFIG_FILE:
            yield from differences(project.config, json.loads(text))
        else:
            yield f"{name}: {'rendered again' if _text(project, name) else 'rendered'}"


def _text(project: Project, name: str) -> str | None:
    file = project.chalice / name
    return file.read_text() if file.exists() else None
