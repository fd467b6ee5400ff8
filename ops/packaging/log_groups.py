"""The log group of each function: the functions may write to theirs, but not create it.

So a group always has its retention, and none is left behind that nobody asked for.
"""

from __future__ import annotations

from collections.abc import Sequence

from ops.cloudformation.template import Template
from ops.packaging.logical_id import logical_id
from ops.stage.names import API_HANDLER, Names

_NAMES = Names("${Stage}", "", "")


def with_log_groups(template: Template, functions: Sequence[str]) -> Template:
    """The backing template with a group for each function."""
    groups = {
        f"{_id(function)}Logs": {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {
                "LogGroupName": log_group(function),
                "RetentionInDays": {"Ref": "LogRetentionDays"},
            },
        }
        for function in functions
    }
    return {**template, "Resources": {**template["Resources"], **groups}}


def log_group(function: str) -> dict[str, str]:
    return {"Fn::Sub": f"/aws/lambda/{_NAMES.chalice_function(function)}"}


def _id(function: str) -> str:
    return "Api" if function == API_HANDLER else logical_id(function)
