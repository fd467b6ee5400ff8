"""The stack of alarms and dashboards, which find what they watch by its name."""

from __future__ import annotations

from collections.abc import Mapping

from ops.cloudformation.stack import DeployStack, Stack
from ops.cloudformation.template import as_json
from ops.kit.project import Project
from ops.packaging.each_function import read_whole_template
from ops.stage.target import Target


def deploy_monitoring(target: Target, parameters: Mapping[str, str]) -> Stack:
    deploy = DeployStack(target.session.client("cloudformation"), target.upload_template)
    body = monitoring_body(target.project)
    return deploy(target.names.monitoring_stack, body, {"Stage": target.names.stage, **parameters})


def monitoring_body(project: Project) -> str:
    return as_json(read_whole_template(project, "monitoring"))
