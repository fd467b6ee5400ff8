"""What a template has for each function, written down in it once.

A resource with `EachFunction` in its metadata is repeated, and so is a row of a dashboard that
names `${Function}`; `${Function}` becomes the function's name and `${Label}` a short one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from ops.cloudformation.template import Template, read_template
from ops.kit.project import Project
from ops.packaging.logical_id import logical_id
from ops.stage.names import API_HANDLER, Names
from ops.stage.stages import Stage
from ops.stage.triggers import functions_of

_NAMES = Names("${Stage}", "", "")
_PREFIX = "Function"
_ROW = re.compile(r"\[[^\[\]]*\$\{Function\}[^\[\]]*\]")


def read_whole_template(project: Project, name: str, stage: Stage | None = None) -> Template:
    """A template of `infrastructure`, for the functions of a stage, or else of the project."""
    template = read_template(project.infrastructure / f"{name}.yaml")
    return with_each_function(template, functions_of(project, stage))


def with_each_function(template: Template, functions: Sequence[str]) -> Template:
    """The template with every repetition in it, in the place of what is repeated."""
    resources = {
        id_: resource
        for written, once in template["Resources"].items()
        for id_, resource in _repeated(written, once, functions)
    }
    return {**template, "Resources": resources}


def _repeated(
    id_: str, resource: dict[str, Any], functions: Sequence[str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    if "EachFunction" in resource.get("Metadata", {}):
        bare = {key: value for key, value in resource.items() if key != "Metadata"}
        for function in functions:
            yield _short_id(function) + id_.removeprefix(_PREFIX), _filled(bare, function)
    elif resource["Type"] == "AWS::CloudWatch::Dashboard":
        properties = resource["Properties"]
        body = {"Fn::Sub": _rows(properties["DashboardBody"]["Fn::Sub"], functions)}
        yield id_, {**resource, "Properties": {**properties, "DashboardBody": body}}
    else:
        yield id_, resource


def _rows(body: str, functions: Sequence[str]) -> str:
    """A dashboard's text without white space, since a template may have 51,200 bytes only.

    >>> _rows('[["Errors", "${Function}", "${Label}"]]', ["api_handler", "one"])
    '[["Errors","eventstream-${Stage}","api"],["Errors","eventstream-${Stage}-one","one"]]'
    """

    def repeated(row: re.Match[str]) -> str:
        return ",".join(_text(row[0], function) for function in functions)

    return json.dumps(json.loads(_ROW.sub(repeated, body)), separators=(",", ":"))


def _filled(node: Any, function: str) -> Any:
    if isinstance(node, dict):
        return {key: _filled(value, function) for key, value in node.items()}
    if isinstance(node, list):
        return [_filled(value, function) for value in node]
    return _text(node, function) if isinstance(node, str) else node


def _text(text: str, function: str) -> str:
    label = "api" if function == API_HANDLER else function
    named = text.replace("${Function}", _NAMES.chalice_function(function))
    return named.replace("${Label}", label)


def _short_id(function: str) -> str:
    return "Api" if function == API_HANDLER else logical_id(function)
