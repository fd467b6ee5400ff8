"""The stack of alarms and dashboards, which find what they watch by its name."""

from __future__ import annotations

from ops.cloudformation.stack import DeployStack, Stack
from ops.cloudformation.template import as_json
from ops.deploy.event_sources import trigger_settings
from ops.kit.errors import OperationFailed
from ops.kit.project import Project
from ops.packaging.each_function import read_whole_template
from ops.packaging.not_there import without_what_is_not_there
from ops.stage.stages import Stage
from ops.stage.target import Target

ITERATOR_AGE = "MaxIteratorAgeSeconds"


def deploy_monitoring(target: Target, api_id: str) -> Stack:
    deploy = DeployStack(target.session.client("cloudformation"), target.upload_template)
    body = monitoring_body(target.project, target.stage)
    return deploy(target.names.monitoring_stack, body, monitoring_parameters(target, api_id))


def monitoring_parameters(target: Target, api_id: str) -> dict[str, str]:
    """Return what the stage has set, and an age of records that its window does not reach.

    Raises:
        OperationFailed: the stage sets an age that a full batching window reaches by itself.
    """
    window_s, own = trigger_settings(target).kinesis_batching_window_s, target.stage.monitoring
    if ITERATOR_AGE in own and float(own[ITERATOR_AGE]) <= window_s:
        raise OperationFailed(
            f"{ITERATOR_AGE} of {target.names.stage} is {own[ITERATOR_AGE]}, but a record may wait"
            f" {window_s} s for its batch to fill.",
            f"Remove {ITERATOR_AGE} from {target.project.stages_file.name}, or raise it.",
        )
    # One window to fill a batch, another as long for a batch that is slow or tried again.
    age_s = str(60 + 2 * window_s)
    return {"Stage": target.names.stage, "ApiId": api_id, ITERATOR_AGE: age_s, **own}


def monitoring_body(project: Project, stage: Stage | None = None) -> str:
    """Return the template as it is for a stage, or for one that has everything."""
    template = read_whole_template(project, "monitoring", stage)
    return as_json(without_what_is_not_there(template, project, stage) if stage else template)
