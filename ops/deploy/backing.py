"""The backing stack: what Chalice does not create."""

from __future__ import annotations

from ops.cloudformation.adopt import adopt
from ops.cloudformation.preview import preview
from ops.cloudformation.stack import (
    DeployStack,
    Stack,
    find_stack,
    protect_stack,
    remove_failed_creation,
)
from ops.cloudformation.template import as_json, with_definitions
from ops.deploy.data import kept_data
from ops.deploy.draining import refuse_undrained
from ops.kit.project import Project
from ops.packaging.each_function import read_whole_template
from ops.stage.deployment_path import PARAMETER, DeploymentPath
from ops.stage.target import Target

OWN_STREAMS = "OwnStreams"


def deploy_backing(target: Target, path: DeploymentPath = DeploymentPath.PACKAGE) -> Stack:
    """Create or update the stack, and let CloudFormation refuse to delete it.

    Raises:
        OperationFailed: a stream would go that is not drained.
    """
    refuse_undrained(target)
    stack = _deploy(target, path)
    if target.stage.is_protected:
        protect_stack(target.session.client("cloudformation"), stack.name)
    return stack


def _deploy(target: Target, path: DeploymentPath) -> Stack:
    cloudformation = target.session.client("cloudformation")
    name, body = target.names.backing_stack, backing_body(target.project)
    parameters = backing_parameters(target, path)
    remove_failed_creation(cloudformation, name)
    if find_stack(cloudformation, name) is None and kept_data(target):
        return adopt(cloudformation, name, body, parameters)
    return DeployStack(cloudformation)(name, body, parameters)


def preview_backing(target: Target, path: DeploymentPath) -> list[str]:
    cloudformation = target.session.client("cloudformation")
    name, body = target.names.backing_stack, backing_body(target.project)
    changes = preview(cloudformation, name, body, backing_parameters(target, path))
    if find_stack(cloudformation, name) is None:
        changes += [f"take over {thing}" for thing in kept_data(target)]
    return changes


def backing_parameters(target: Target, path: DeploymentPath) -> dict[str, str]:
    return {
        "Stage": target.names.stage,
        PARAMETER: path,
        OWN_STREAMS: str(target.stage.has_own_streams).lower(),
        **target.stage.backing,
    }


def backing_body(project: Project) -> str:
    template = read_whole_template(project, "backing")
    return as_json(with_definitions(template, project.root))
