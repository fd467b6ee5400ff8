"""Bring back event sources that are gone, each made with every option it must have."""

from __future__ import annotations

import json
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from ops.chalice_path.chalice_state import ChaliceState
from ops.cloudformation.stack import DeployStack, find_stack, parameters_of
from ops.cloudformation.template import Template, as_json
from ops.deploy.event_sources import EventSource, event_sources, mappings_of
from ops.packaging.logical_id import logical_id
from ops.stage.deployment_path import DeploymentPath
from ops.stage.target import Target


def bring_back_event_sources(target: Target, path: DeploymentPath) -> list[str]:
    """Make those that are missing; return a line for each.

    They begin at the oldest record of their streams, where the checkpoint skips what is done.
    """
    client = target.session.client("lambda")
    missing = [
        source
        for source in event_sources(target)
        if not mappings_of(client, target.names.function(source.function))
    ]
    if not missing:
        return []
    make = _by_stack if path is DeploymentPath.PACKAGE else _beside_chalice
    return [
        f"event source of {one.function} was missing: created" for one in make(target, missing)
    ]


def _beside_chalice(target: Target, missing: Sequence[EventSource]) -> list[EventSource]:
    """Chalice would refuse a mapping that it does not know: those are noted in its state."""
    client, state, made = target.session.client("lambda"), ChaliceState(target), []
    with state.shared():
        for source in missing:
            name = target.names.function(source.function)
            function_arn = client.get_function_configuration(FunctionName=name)["FunctionArn"]
            if state.event_source_of(function_arn) is None:
                # `chalice deploy` never finished, and makes it itself.
                continue
            created = client.create_event_source_mapping(**_request(function_arn, source))
            state.note_event_source(function_arn, created["UUID"])
            made.append(source)
    return made


def _request(function_arn: str, source: EventSource) -> dict[str, Any]:
    start = {"StartingPosition": "TRIM_HORIZON"} if ":kinesis:" in source.arn else {}
    return {
        "FunctionName": function_arn,
        "EventSourceArn": source.arn,
        **start,
        **source.set_options,
    }


def _by_stack(target: Target, missing: Sequence[EventSource]) -> Sequence[EventSource]:
    """Take them out of the stack, which does not know that they are gone, and put them back."""
    cloudformation, name = target.session.client("cloudformation"), target.names.app_stack
    stack = find_stack(cloudformation, name)
    if stack is None:
        return []
    body: Any = cloudformation.get_template(StackName=name, TemplateStage="Original")[
        "TemplateBody"
    ]
    whole = with_options(json.loads(body) if isinstance(body, str) else body, missing)
    deploy, parameters = DeployStack(cloudformation, target.upload_template), parameters_of(stack)
    deploy(name, as_json(without_events(whole, missing)), parameters)
    deploy(name, as_json(whole), parameters)
    return missing


def with_options(template: Template, sources: Sequence[EventSource]) -> Template:
    """Complete the options of event sources that were packaged without some."""
    changed = deepcopy(template)
    for source in sources:
        for event in _properties(changed, source).get("Events", {}).values():
            event["Properties"] = {**source.set_options, **event["Properties"]}
    return changed


def without_events(template: Template, sources: Sequence[EventSource]) -> Template:
    changed = deepcopy(template)
    for source in sources:
        _properties(changed, source).pop("Events", None)
    return changed


def _properties(template: Template, source: EventSource) -> dict[str, Any]:
    properties: dict[str, Any] = template["Resources"][logical_id(source.function)]["Properties"]
    return properties
