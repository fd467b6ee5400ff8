"""The two ways to deploy the app, of which a stage takes one for good."""

from __future__ import annotations

from enum import StrEnum

from ops.cloudformation.stack import NEVER_STOOD, find_stack, parameters_of
from ops.kit.errors import OperationFailed
from ops.stage.target import Target

PARAMETER = "DeploymentPath"


class Path(StrEnum):
    CHALICE = "chalice"
    PACKAGE = "package"


def path_named(name: str | None) -> Path | None:
    if name is not None and name not in [*Path]:
        raise OperationFailed(f"There is no path {name}.", f"There are: {', '.join(Path)}.")
    return Path(name) if name else None


def recorded_path(target: Target) -> Path | None:
    """The path that the stage's backing stack remembers; nothing before there is one."""
    stack = find_stack(target.session.client("cloudformation"), target.names.backing_stack)
    if stack is None or stack["StackStatus"] in NEVER_STOOD:
        return None
    return Path(parameters_of(stack).get(PARAMETER, Path.PACKAGE))


def chosen_path(target: Target, asked: Path | None) -> Path:
    """The stage's own path, or the one asked for where it has none yet.

    Raises:
        OperationFailed: the stage belongs to the other one.
    """
    recorded = recorded_path(target)
    if asked and recorded and asked != recorded:
        stage = target.names.stage
        raise OperationFailed(
            f"Stage {stage} is deployed by the {recorded} path and can't be mixed with {asked}.",
            f"Go on with `--path {recorded}`, or take the stage down first:"
            f" `python -m ops destroy --stage {stage}`. Data buckets and tables are kept.",
        )
    return asked or recorded or Path.CHALICE
