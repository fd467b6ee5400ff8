"""What differs between the stages, apart from names."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from ops.kit.errors import OperationFailed
from ops.kit.project import Project


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage's own limits for its clients, and its parameters for the stacks."""

    name: str
    rate_per_s: int = 1_000
    burst: int = 2_000
    daily_quota: int | None = None
    subnet_ids: tuple[str, ...] = ()
    security_group_ids: tuple[str, ...] = ()
    # Whether its event sources do as AWS's do when a stream's function reports failures.
    streams_listen: bool = True
    backing: Mapping[str, str] = field(default_factory=dict)
    app: Mapping[str, str] = field(default_factory=dict)
    monitoring: Mapping[str, str] = field(default_factory=dict)


# Not for a team to decide.
FIXED = {"name", "streams_listen"}
SET_BY_THE_DEPLOYMENT = {"Stage", "DeploymentPath"}
TABLES_OF_PARAMETERS = {"backing", "app", "monitoring"}

LOCAL = Stage(
    "local",
    rate_per_s=10_000,
    burst=10_000,
    # The local cloud takes what a stream's function reports for success.
    streams_listen=False,
    # The local cloud speaks plain HTTP. Three times this long until a message is a dead letter:
    # no more, as people and tests wait for that; a slow machine may see a file made twice, alike.
    backing={"RawQueueVisibilitySeconds": "10", "RequireTls": "false"},
)


def read_stage(project: Project, name: str) -> Stage:
    """Read what a team has decided for a stage.

    Raises:
        OperationFailed: the file can't be read, or says something unknown.
    """
    if name == LOCAL.name:
        return LOCAL
    file = project.stages_file
    try:
        own = tomllib.loads(file.read_text()).get(name, {}) if file.exists() else {}
    except tomllib.TOMLDecodeError as error:
        raise OperationFailed(f"{file} is not TOML: {error}.") from error
    unknown = own.keys() - {one.name for one in fields(Stage)} | own.keys() & FIXED
    if unknown:
        raise OperationFailed(
            f"{file} says of {name} what nobody asks for: {', '.join(sorted(unknown))}.",
            "docs/settings.md lists what can be decided there.",
        )
    _refuse_what_is_ours(file.name, name, own)
    return Stage(name, **{key: _value(value) for key, value in own.items()})


def _refuse_what_is_ours(file: str, name: str, own: Mapping[str, Any]) -> None:
    for table in TABLES_OF_PARAMETERS & own.keys():
        if not isinstance(own[table], dict):
            raise OperationFailed(
                f"{file}: {table} of {name} is no table.", f"Begin it with [{name}.{table}]."
            )
        if ours := own[table].keys() & SET_BY_THE_DEPLOYMENT:
            raise OperationFailed(
                f"{file} says of {name} what only the deployment may: {', '.join(sorted(ours))}.",
                "Take it out; the path is chosen with --path.",
            )


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _parameter(one) for key, one in value.items()}
    return tuple(value) if isinstance(value, list) else value


def _parameter(value: object) -> str:
    """A parameter as CloudFormation takes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
