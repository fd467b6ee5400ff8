"""A stack created around kept data imports it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import WaiterError

from ops.cloudformation.adopt import adopt
from ops.kit.errors import OperationFailed

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient


@dataclass(slots=True)
class Adopting:
    status: str = "CREATE_COMPLETE"
    refuses: str = ""
    asked: dict[str, Any] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def create_change_set(self, **asked: Any) -> dict[str, str]:
        self.asked = asked
        return {"Id": "set", "StackId": "stack"}

    def get_waiter(self, _name: str) -> Adopting:
        return self

    def wait(self, **_: object) -> None:
        if self.refuses:
            raise WaiterError("change_set_create_complete", self.refuses, {})

    def execute_change_set(self, **_: str) -> None:
        self.calls.append("execute")

    def delete_stack(self, **_: str) -> None:
        self.calls.append("delete")

    def describe_change_set(self, **_: str) -> dict[str, str]:
        return {"StatusReason": self.refuses}

    def describe_stacks(self, **_: str) -> dict[str, list[dict[str, Any]]]:
        outputs = [{"OutputKey": "A", "OutputValue": "b"}]
        return {
            "Stacks": [
                {
                    "StackName": "s",
                    "StackId": "stack",
                    "StackStatus": self.status,
                    "Outputs": outputs,
                }
            ]
        }

    def describe_events(self, **_: object) -> dict[str, list[dict[str, str]]]:
        return {"OperationEvents": []}

    def describe_stack_events(self, **_: object) -> dict[str, list[dict[str, str]]]:
        return {"StackEvents": []}


def adopting(client: Adopting) -> dict[str, str]:
    return dict(adopt(cast("CloudFormationClient", client), "s", "{}", {"Stage": "dev"}).outputs)


def test_what_is_there_is_imported() -> None:
    client = Adopting()

    assert adopting(client) == {"A": "b"}
    assert client.asked["ImportExistingResources"] is True
    assert client.asked["ChangeSetType"] == "CREATE"
    assert client.calls == ["execute"]


def test_a_refusal_leaves_no_empty_stack_behind() -> None:
    client = Adopting(refuses="RawBucket is somebody else's")

    with pytest.raises(OperationFailed) as failed:
        adopting(client)

    assert failed.value.advice == "RawBucket is somebody else's"
    assert client.calls == ["delete"]


def test_a_failed_creation_is_reported() -> None:
    with pytest.raises(OperationFailed, match="ROLLBACK_COMPLETE"):
        adopting(Adopting(status="ROLLBACK_COMPLETE"))
