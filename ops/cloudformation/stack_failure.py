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
            *_found_beforehand(cloudformation, stack_id),
            *_found_on_the_way(cloudformation, stack_id),
        ]
    )


def _found_beforehand(cloudformation: CloudFormationClient, stack_id: str) -> Iterator[str]:
    """What CloudFormation's own check of the template said, which its stack events leave out."""
    answer = cloudformation.describe_events(StackName=stack_id, Filters={"FailedEvents": True})
    events = answer["OperationEvents"]
    for event in events:
        of_last_operation = event.get("OperationId") == events[0].get("OperationId")
        if of_last_operation and (reason := event.get("ValidationStatusReason")):
            yield f"{event['LogicalResourceId']} ({event['ResourceType']}): {reason}"


def _found_on_the_way(cloudformation: CloudFormationClient, stack_id: str) -> Iterator[str]:
    """The reasons of the resources that failed, the first cause first."""
    events = cloudformation.describe_stack_events(StackName=stack_id)["StackEvents"]
    of_last_operation = [*takewhile(lambda event: not _begins_operation(event), events)]
    for event in reversed(of_last_operation):
        reason = event.get("ResourceStatusReason")
        if reason and event["ResourceStatus"].endswith("_FAILED"):
            yield f"{event['LogicalResourceId']} ({event['ResourceType']}): {reason}"


def _begins_operation(event: StackEventTypeDef) -> bool:
    of_stack = event.get("PhysicalResourceId") == event["StackId"]
    return of_stack and event["ResourceStatus"] in {"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"}
