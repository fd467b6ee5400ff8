"""Step 1: what Chalice does not create."""

from __future__ import annotations

from ops.deploy.stack import DeployStack, Stack
from ops.deploy.target import Target
from ops.deploy.template import as_json, read_template, with_definitions
from ops.project import Project


def deploy_backing(target: Target) -> Stack:
    deploy = DeployStack(target.session.client("cloudformation"))
    parameters = {"Stage": target.names.stage, **target.stage.backing}
    return deploy(target.names.backing_stack, backing_body(target.project), parameters)


def backing_body(project: Project) -> str:
    template = read_template(project.backing_template)
    return as_json(with_definitions(template, project.root))
