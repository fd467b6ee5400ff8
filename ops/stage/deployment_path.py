"""The two ways to deploy the app; a stage keeps the one it was first deployed with."""

from __future__ import annotations

from enum import StrEnum

from ops.cloudformation.stack import NEVER_COMPLETED, find_stack, parameters_of
from ops.kit.errors import OperationFailed
from ops.stage.target import Target

PARAMETER = "DeploymentPath"


class DeploymentPath(StrEnum):
    CHALICE = "chalice"
    PACKAGE = "package"


def recorded_path(target: Target) -> DeploymentPath | None:
    """Return the path that the backing stack records, or None before there is a stack."""
    stack = find_stack(target.session.client("cloudformation"), target.names.backing_stack)
    if stack is None or stack["StackStatus"] in NEVER_COMPLETED:
        return None
    return DeploymentPath(parameters_of(stack).get(PARAMETER, DeploymentPath.PACKAGE))


def chosen_path(target: Target, asked: DeploymentPath | None) -> DeploymentPath:
    """Return the stage's own path, or the one asked for where it has none yet.

    Raises:
        OperationFailed: the stage was deployed by the other path.
    """
    recorded = recorded_path(target)
    if asked and recorded and asked != recorded:
        stage = target.names.stage
        raise OperationFailed(
            f"Stage {stage} is deployed by the {recorded} path and can't be mixed with {asked}.",
            f"Continue with `--path {recorded}`, or destroy the stage first:"
            f" `python -m ops destroy --stage {stage}`. Data buckets and tables are kept.",
        )
    return asked or recorded or DeploymentPath.CHALICE


def path_named(name: str | None) -> DeploymentPath | None:
    if name is not None and name not in [*DeploymentPath]:
        raise OperationFailed(
            f"{name} is not a deployment path.", f"The paths are: {', '.join(DeploymentPath)}."
        )
    return DeploymentPath(name) if name else None
