"""What a stack's update would do is asked again after a run that was interrupted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError

from ops.cloudformation.preview import NAME, preview

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient


@dataclass(slots=True)
class Asked:
    """A stack that stands, and that refuses a second change set of one name, as AWS does."""

    change_sets: set[str] = field(default_factory=set)

    def describe_stacks(self, **_: str) -> dict[str, list[dict[str, str]]]:
        return {"Stacks": [{"StackStatus": "UPDATE_COMPLETE"}]}

    def create_change_set(self, *, ChangeSetName: str, **_: object) -> None:  # noqa: N803
        if ChangeSetName in self.change_sets:
            error = {"Error": {"Code": "AlreadyExistsException", "Message": "it is there"}}
            raise ClientError(cast("Any", error), "CreateChangeSet")
        self.change_sets.add(ChangeSetName)

    def delete_change_set(self, *, ChangeSetName: str, **_: str) -> None:  # noqa: N803
        self.change_sets.discard(ChangeSetName)

    def get_waiter(self, _name: str) -> Asked:
        return self

    def wait(self, **_: object) -> None: ...

    def get_paginator(self, _name: str) -> Asked:
        return self

    def paginate(self, **_: str) -> list[dict[str, list[Any]]]:
        change = {"Action": "Modify", "ResourceType": "AWS::SQS::Queue", "LogicalResourceId": "Q"}
        return [{"Changes": [{"ResourceChange": change}]}]


def test_a_change_set_that_was_left_behind_is_no_hindrance() -> None:
    stack = Asked({NAME})

    assert preview(cast("CloudFormationClient", stack), "s", "{}", {}) == ["modify Q (SQS::Queue)"]
    assert stack.change_sets == set()
