"""What an update of a stack would change, as CloudFormation predicts it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError, WaiterError

from ops.cloudformation.stack import StackRequest, Upload, find_stack, stack_request
from ops.kit.errors import OperationFailed

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import ChangeTypeDef

NAME = "preview"
_NOTHING = ("didn't contain changes", "No updates are to be performed")


def preview(
    cloudformation: CloudFormationClient,
    name: str,
    body: str,
    parameters: Mapping[str, str],
    upload: Upload | None = None,
) -> list[str]:
    """Describe each change in a line; for a stack to be created, each kind of resource."""
    if not _exists(cloudformation, name):
        return list(_created(body))
    _request(cloudformation, stack_request(name, body, parameters, upload))
    try:
        return [_described(change) for change in _changes(cloudformation, name)]
    finally:
        cloudformation.delete_change_set(StackName=name, ChangeSetName=NAME)


def _request(cloudformation: CloudFormationClient, request: StackRequest) -> None:
    create = partial(cloudformation.create_change_set, **request, ChangeSetName=NAME)
    try:
        create()
    except ClientError as error:
        if error.response["Error"].get("Code") != "AlreadyExistsException":
            raise
        # An interrupted run left it behind.
        cloudformation.delete_change_set(StackName=request["StackName"], ChangeSetName=NAME)
        create()


def _exists(cloudformation: CloudFormationClient, name: str) -> bool:
    stack = find_stack(cloudformation, name)
    finished = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")
    return stack is not None and stack["StackStatus"] in finished


def _created(body: str) -> Iterator[str]:
    kinds = Counter(map(_kind, json.loads(body)["Resources"].values()))
    for kind, count in sorted(kinds.items()):
        yield f"create {count} {kind}"


def _kind(resource: Mapping[str, str]) -> str:
    optional = " (depending on the parameters)" if "Condition" in resource else ""
    return resource["Type"].removeprefix("AWS::") + optional


def _changes(cloudformation: CloudFormationClient, name: str) -> list[ChangeTypeDef]:
    waiter = cloudformation.get_waiter("change_set_create_complete")
    try:
        waiter.wait(StackName=name, ChangeSetName=NAME, WaiterConfig={"Delay": 2})
    except WaiterError as error:
        reason = cloudformation.describe_change_set(StackName=name, ChangeSetName=NAME).get(
            "StatusReason", ""
        )
        if any(text in reason for text in _NOTHING):
            return []
        raise OperationFailed(f"CloudFormation refused stack {name}.", reason) from error
    pages = cloudformation.get_paginator("describe_change_set").paginate(
        StackName=name, ChangeSetName=NAME
    )
    return [change for page in pages for change in page["Changes"]]


def _described(change: ChangeTypeDef) -> str:
    resource = change.get("ResourceChange", {})
    action = resource.get("Action", "Modify").lower()
    if resource.get("Replacement") in {"True", "Conditional"}:
        action = f"{action} (may be replaced)"
    kind = resource.get("ResourceType", "").removeprefix("AWS::")
    return f"{action} {resource.get('LogicalResourceId', '')} ({kind})"
