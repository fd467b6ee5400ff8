"""Create or update one CloudFormation stack, and wait until it stands."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from ops.cloudformation.stack_failure import why_it_failed
from ops.kit.errors import OperationFailed

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.literals import CapabilityType
    from mypy_boto3_cloudformation.type_defs import StackTypeDef

CAPABILITIES: list[CapabilityType] = [
    "CAPABILITY_IAM",
    "CAPABILITY_NAMED_IAM",
    "CAPABILITY_AUTO_EXPAND",
]
NEVER_STOOD = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "REVIEW_IN_PROGRESS"}
_SUCCEEDED = {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.05, 5.0
LIMIT_S = 3600.0


@dataclass(frozen=True, slots=True)
class Stack:
    name: str
    outputs: Mapping[str, str]
    changed: bool


@dataclass(frozen=True, slots=True)
class DeployStack:
    cloudformation: CloudFormationClient
    limit_s: float = LIMIT_S

    def __call__(self, name: str, body: str, parameters: Mapping[str, str]) -> Stack:
        remove_what_never_stood(self.cloudformation, name)
        changed = self._send(name, body, parameters)
        stack = self._settled(name)
        if changed and stack["StackStatus"] not in _SUCCEEDED:
            why = why_it_failed(self.cloudformation, stack["StackId"])
            raise OperationFailed(f"Stack {name} failed: {stack['StackStatus']}.", why)
        return Stack(name=name, outputs=outputs_of(stack), changed=changed)

    def _send(self, name: str, body: str, parameters: Mapping[str, str]) -> bool:
        """Whether there was anything to do."""
        send = (
            self.cloudformation.update_stack
            if self._find(name)
            else self.cloudformation.create_stack
        )
        try:
            send(
                StackName=name,
                TemplateBody=body,
                Parameters=[
                    {"ParameterKey": key, "ParameterValue": value}
                    for key, value in parameters.items()
                ],
                Capabilities=CAPABILITIES,
            )
        except ClientError as error:
            message = error.response["Error"].get("Message", "")
            if "No updates are to be performed" in message:
                return False
            raise OperationFailed(f"CloudFormation refused stack {name}.", message) from error
        return True

    def _find(self, name: str) -> StackTypeDef | None:
        return find_stack(self.cloudformation, name)

    def _settled(self, name: str) -> StackTypeDef:
        return settled(self.cloudformation, name, self.limit_s)


def settled(
    cloudformation: CloudFormationClient, name: str, limit_s: float = LIMIT_S
) -> StackTypeDef:
    wait_s, deadline = _FIRST_WAIT_S, time.monotonic() + limit_s
    while True:
        stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        if not stack["StackStatus"].endswith("_IN_PROGRESS"):
            return stack
        if time.monotonic() > deadline:
            raise OperationFailed(
                f"Stack {name} is still {stack['StackStatus']} after {limit_s:.0f} s.",
                "CloudFormation goes on with it; its events say what it waits for.",
            )
        time.sleep(wait_s)
        wait_s = min(wait_s * 1.5, _LONGEST_WAIT_S)


def remove_what_never_stood(cloudformation: CloudFormationClient, name: str) -> None:
    """A stack whose creation was rolled back or never begun can't be updated, only deleted."""
    stack = find_stack(cloudformation, name)
    if stack and stack["StackStatus"] in NEVER_STOOD:
        cloudformation.delete_stack(StackName=name)
        settled(cloudformation, stack["StackId"])


def find_stack(cloudformation: CloudFormationClient, name: str) -> StackTypeDef | None:
    try:
        return cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in error.response["Error"].get("Message", ""):
            return None
        raise


def delete_stack(cloudformation: CloudFormationClient, name: str) -> None:
    """Delete a stack that is there, and wait until it is gone.

    Raises:
        OperationFailed: something of it could not be deleted.
    """
    stack_id = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
    cloudformation.delete_stack(StackName=name)
    if settled(cloudformation, stack_id)["StackStatus"] != "DELETE_COMPLETE":
        why = why_it_failed(cloudformation, stack_id)
        raise OperationFailed(f"Stack {name} could not be deleted.", why)


def parameters_of(stack: StackTypeDef) -> dict[str, str]:
    return {p["ParameterKey"]: p["ParameterValue"] for p in stack.get("Parameters", [])}


def outputs_of(stack: StackTypeDef) -> dict[str, str]:
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
