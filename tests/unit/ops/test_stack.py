"""Waiting for a stack has an end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import pytest

from ops.cloudformation.stack import DeployStack
from ops.kit.errors import OperationFailed

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient


@dataclass(frozen=True, slots=True)
class NeverSettles:
    def describe_stacks(self, **_: str) -> dict[str, list[dict[str, str]]]:
        return {"Stacks": [{"StackStatus": "UPDATE_IN_PROGRESS"}]}

    def update_stack(self, **_: object) -> None: ...


def test_a_stack_that_never_settles_is_given_up_on() -> None:
    cloudformation = cast("CloudFormationClient", NeverSettles())
    deploy = DeployStack(cloudformation, limit_s=0)

    with pytest.raises(OperationFailed, match="UPDATE_IN_PROGRESS after 0 s"):
        deploy("slow", "{}", {})
