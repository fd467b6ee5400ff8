"""Make a stack anew around buckets and tables that outlived the one before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import WaiterError

from ops.cloudformation.stack import CAPABILITIES, Stack, outputs_of, settled
from ops.cloudformation.stack_failure import why_it_failed
from ops.kit.errors import OperationFailed

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

NAME = "adopt"


def adopt(
    cloudformation: CloudFormationClient, name: str, body: str, parameters: Mapping[str, str]
) -> Stack:
    """Create a stack that takes over what is there under its names already.

    Raises:
        OperationFailed: CloudFormation refuses it, or it fails on the way.
    """
    made = cloudformation.create_change_set(
        StackName=name,
        ChangeSetName=NAME,
        ChangeSetType="CREATE",
        ImportExistingResources=True,
        TemplateBody=body,
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
        ],
        Capabilities=CAPABILITIES,
    )
    try:
        waiter = cloudformation.get_waiter("change_set_create_complete")
        waiter.wait(ChangeSetName=made["Id"], WaiterConfig={"Delay": 2})
    except WaiterError as error:
        seen = cloudformation.describe_change_set(ChangeSetName=made["Id"])
        cloudformation.delete_stack(StackName=name)
        raise OperationFailed(
            f"CloudFormation refuses stack {name}.", seen.get("StatusReason", "")
        ) from error
    cloudformation.execute_change_set(ChangeSetName=made["Id"])
    stack = settled(cloudformation, made["StackId"])
    if stack["StackStatus"] not in {"CREATE_COMPLETE", "IMPORT_COMPLETE", "UPDATE_COMPLETE"}:
        why = why_it_failed(cloudformation, made["StackId"])
        raise OperationFailed(f"Stack {name} failed: {stack['StackStatus']}.", why)
    return Stack(name=name, outputs=outputs_of(stack), changed=True)
