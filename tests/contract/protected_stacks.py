"""What protects stacks and their data, which moto keeps and shows, but does not obey."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import ChangeSet, CloudFormationBackend, Stack
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult

UPDATE, DELETE = "update_termination_protection", "delete_stack"
PARSE = "_parse_template"


def teach_moto() -> None:
    if not hasattr(CloudFormationResponse, UPDATE):
        setattr(CloudFormationResponse, UPDATE, _update)
        setattr(CloudFormationBackend, DELETE, _obeying(CloudFormationBackend.delete_stack))
        for kind in (Stack, ChangeSet):
            setattr(kind, PARSE, _sooner(kind._parse_template))


def _sooner(parse: Any) -> Any:
    """Templates are JSON, which takes a parser of YAML most of a second."""

    def parse_template(self: Any) -> None:
        try:
            self.template_dict = json.loads(self.template)
        except ValueError:
            parse(self)

    return parse_template


def _update(self: Any) -> ActionResult:
    stack = self.cloudformation_backend.get_stack(self._get_param("StackName"))
    stack.enable_termination_protection = self._get_bool_param("EnableTerminationProtection")
    return ActionResult({"StackId": stack.stack_id})


def _retain(resources: Iterable[dict[str, Any]]) -> None:
    for resource in resources:
        if resource.get("DeletionPolicy") == "RetainExceptOnCreate":
            resource["DeletionPolicy"] = "Retain"


def _obeying(delete: Any) -> Any:
    def delete_stack(self: Any, name_or_stack_id: str) -> None:
        for stack in self.stacks.values():
            named = name_or_stack_id in {stack.name, stack.stack_id}
            if named and stack.enable_termination_protection:
                raise ValidationError(
                    message=f"Stack [{stack.name}] cannot be deleted while"
                    " TerminationProtection is enabled"
                )
            if named:
                _retain(stack.resource_map._resource_json_map.values())
        delete(self, name_or_stack_id)

    return delete_stack
