"""The alarms and the dashboards of a stage, which know what they watch by its name alone."""

from __future__ import annotations

from collections.abc import Mapping

from ops.cloudformation.stack import DeployStack, Stack
from ops.cloudformation.template import as_json, read_template
from ops.kit.project import Project
from ops.stage.target import Target


def deploy_monitoring(target: Target, parameters: Mapping[str, str]) -> Stack:
    deploy = DeployStack(target.session.client("cloudformation"))
    body = monitoring_body(target.project)
    return deploy(target.names.monitoring_stack, body, {"Stage": target.names.stage, **parameters})


def monitoring_body(project: Project) -> str:
    return as_json(read_template(project.monitoring_template))
