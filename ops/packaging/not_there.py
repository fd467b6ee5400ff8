"""Take out of a template that watches what only some stages have."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from typing import Any

from ops.cloudformation.template import Template
from ops.kit.project import Project
from ops.stage.names import STREAM_JOB_FUNCTION, STREAMS, Names
from ops.stage.stages import Stage
from ops.stage.triggers import functions_of

_NAMES = Names("${Stage}", "", "")
_DASHBOARD, _ALARM = "AWS::CloudWatch::Dashboard", "AWS::CloudWatch::Alarm"


def without_what_is_not_there(template: Template, project: Project, stage: Stage) -> Template:
    """Leave out metrics of streams and functions that the stage lacks, and alarms on them alone.

    Each metric of an alarm is paid for, with or without values.
    """
    absent = frozenset(_absent(project, stage))
    resources = {
        id_: kept
        for id_, resource in template["Resources"].items()
        if (kept := _without(resource, absent)) is not None
    }
    gone = [
        template["Resources"][id_]["Properties"]
        for id_ in template["Resources"].keys() - resources
    ]
    names = tuple(f":alarm:{one['AlarmName']['Fn::Sub']}" for one in gone)
    for id_, resource in resources.items():
        if resource["Type"] == _DASHBOARD:
            resources[id_] = _without_alarms(resource, names)
    return {**template, "Resources": resources}


def _without_alarms(dashboard: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    properties = dashboard["Properties"]
    body = json.loads(properties["DashboardBody"]["Fn::Sub"])
    for widget in body["widgets"]:
        if alarms := widget["properties"].get("alarms"):
            kept = [arn for arn in alarms if not arn.endswith(names)]
            widget["properties"]["alarms"] = kept
    text = json.dumps(body, separators=(",", ":"))
    return {**dashboard, "Properties": {**properties, "DashboardBody": {"Fn::Sub": text}}}


def _absent(project: Project, stage: Stage) -> Iterator[str]:
    """The names of what is absent, as metrics have them in their dimensions."""
    for stream in set(STREAMS) - set(stage.streams):
        yield _NAMES.stream(stream)
    if not stage.attribution:
        yield _NAMES.database
    if not stage.attributes_by_spark:
        # As the job names itself in its metrics.
        yield STREAM_JOB_FUNCTION
    for function in set(functions_of(project)) - set(functions_of(project, stage)):
        yield function
        yield _NAMES.function(function)
        yield f"/aws/lambda/{_NAMES.function(function)}"


def _without(resource: dict[str, Any], absent: Collection[str]) -> dict[str, Any] | None:
    properties = resource.get("Properties", {})
    if resource["Type"] == _DASHBOARD:
        body = json.loads(properties["DashboardBody"]["Fn::Sub"])
        for widget in body["widgets"]:
            if rows := widget["properties"].get("metrics"):
                widget["properties"]["metrics"] = [row for row in rows if not _names(row, absent)]
        body["widgets"] = list(_showing(body["widgets"]))
        text = json.dumps(body, separators=(",", ":"))
        return {**resource, "Properties": {**properties, "DashboardBody": {"Fn::Sub": text}}}
    if resource["Type"] == _ALARM and "Metrics" in properties:
        metrics = list(_kept(properties["Metrics"], absent))
        if not any("MetricStat" in metric for metric in metrics):
            return None
        return {**resource, "Properties": {**properties, "Metrics": metrics}}
    is_gone = resource["Type"] == _ALARM and _names(_values(properties), absent)
    return None if is_gone else resource


def _showing(widgets: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The widgets that still show something, and the headings of those."""
    left = [one for one in widgets if one["properties"].get("metrics", True)]
    for one, following in zip(left, [*left[1:], None], strict=True):
        if not (_is_heading(one) and (following is None or _is_heading(following))):
            yield one


def _is_heading(widget: dict[str, Any]) -> bool:
    return str(widget["properties"].get("markdown", "")).startswith("## ")


def _kept(metrics: list[dict[str, Any]], absent: Collection[str]) -> Iterator[dict[str, Any]]:
    """The metrics of what is there, and the expressions over them."""
    gone = {
        metric["Id"]
        for metric in metrics
        if "MetricStat" in metric and _names(_values(metric["MetricStat"]["Metric"]), absent)
    }
    # An expression over what is gone goes before those that list it among others.
    for metric in reversed(metrics):
        if "Expression" in metric and _mentions(_unlisted(metric["Expression"], gone), gone):
            gone.add(metric["Id"])
    for metric in metrics:
        if metric["Id"] in gone:
            continue
        yield (
            metric | {"Expression": _unlisted(metric["Expression"], gone)}
            if "Expression" in metric
            else metric
        )


def _unlisted(expression: str, gone: Collection[str]) -> str:
    """Take members out of lists.

    >>> _unlisted("SUM([a, b, c])", {"b", "c"})
    'SUM([a])'
    """
    for id_ in gone:
        expression = re.sub(rf",\s*{id_}\b(?=[^()]*\])", "", expression)
    return expression


def _mentions(expression: str, gone: set[str]) -> bool:
    return not gone.isdisjoint(re.findall(r"\w+", expression))


def _values(metric: dict[str, Any]) -> list[Any]:
    values = [dimension["Value"] for dimension in metric.get("Dimensions", [])]
    return [value.get("Fn::Sub") if isinstance(value, dict) else value for value in values]


def _names(row: Collection[Any], absent: Collection[str]) -> bool:
    return any(isinstance(part, str) and part in absent for part in row)
