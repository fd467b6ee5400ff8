"""Why the last operation on a stack failed, resource by resource."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackEventTypeDef


def why_it_failed(cloudformation: CloudFormationClient, stack_id: str) -> str:
    return "\n".join(
        [
            *_validation_failures(cloudformation, stack_id),
            *_resource_failures(cloudformation, stack_id),
        ]
    )


def _validation_failures(cloudformation: CloudFormationClient, stack_id: str) -> Iterator[str]:
    """The result of CloudFormation's own check of the template, which stack events omit."""
    answer = cloudformation.describe_events(StackName=stack_id, Filters={"FailedEvents": True})
    events = answer["OperationEvents"]
    for event in events:
        of_last_operation = event.get("OperationId") == events[0].get("OperationId")
        if of_last_operation and (reason := event.get("ValidationStatusReason")):
            yield f"{event['LogicalResourceId']} ({event['ResourceType']}): {reason}"


def _resource_failures(cloudformation: CloudFormationClient, stack_id: str) -> Iterator[str]:
    """Why resources failed, the first cause first."""
    events = cloudformation.describe_stack_events(StackName=stack_id)["StackEvents"]
    of_last_operation = [*takewhile(lambda event: not _begins_operation(event), events)]
    for event in reversed(of_last_operation):
        reason = event.get("ResourceStatusReason")
        if reason and event["ResourceStatus"].endswith("_FAILED"):
            yield f"{event['LogicalResourceId']} ({event['ResourceType']}): {reason}"


def _begins_operation(event: StackEventTypeDef) -> bool:
    of_stack = event.get("PhysicalResourceId") == event["StackId"]
    return of_stack and event["ResourceStatus"] in {"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"}
