"""Create a stack again around the buckets and tables that outlived the previous one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import WaiterError

from ops.cloudformation.stack import Stack, outputs_of, refuse_failure, settled, stack_request
from ops.kit.errors import OperationFailed

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

NAME = "adopt"


def adopt(
    cloudformation: CloudFormationClient, name: str, body: str, parameters: Mapping[str, str]
) -> Stack:
    """Create a stack that takes over existing resources with its names.

    Raises:
        OperationFailed: CloudFormation refused or failed.
    """
    made = cloudformation.create_change_set(
        **stack_request(name, body, parameters),
        ChangeSetName=NAME,
        ChangeSetType="CREATE",
        ImportExistingResources=True,
    )
    try:
        waiter = cloudformation.get_waiter("change_set_create_complete")
        waiter.wait(ChangeSetName=made["Id"], WaiterConfig={"Delay": 2})
    except WaiterError as error:
        seen = cloudformation.describe_change_set(ChangeSetName=made["Id"])
        cloudformation.delete_stack(StackName=name)
        raise OperationFailed(
            f"CloudFormation refused stack {name}.", seen.get("StatusReason", "")
        ) from error
    cloudformation.execute_change_set(ChangeSetName=made["Id"])
    stack = settled(cloudformation, made["StackId"])
    refuse_failure(cloudformation, stack)
    return Stack(name=name, outputs=outputs_of(stack), changed=True)
