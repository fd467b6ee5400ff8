"""Create, update and delete a CloudFormation stack, and wait until the operation ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NotRequired, TypedDict

from botocore.exceptions import ClientError

from ops.cloudformation.stack_failure import why_it_failed
from ops.cloudformation.upload import MAX_INLINE_BYTES
from ops.kit.errors import OperationFailed

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.literals import CapabilityType
    from mypy_boto3_cloudformation.type_defs import ParameterTypeDef, StackTypeDef

NEVER_COMPLETED = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "REVIEW_IN_PROGRESS"}
_SUCCEEDED = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"}
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.05, 5.0
LIMIT_S = 3600.0


# Uploads a stack's template and returns its URL.
type Upload = Callable[[str, str], str]


class StackRequest(TypedDict):
    """What every operation on a stack sends; the template inline or, if it is large, by URL."""

    StackName: str
    TemplateBody: NotRequired[str]
    TemplateURL: NotRequired[str]
    Parameters: list[ParameterTypeDef]
    Capabilities: list[CapabilityType]


@dataclass(frozen=True, slots=True)
class Stack:
    name: str
    outputs: Mapping[str, str]
    changed: bool

    @property
    def outcome(self) -> str:
        return "deployed" if self.changed else "unchanged"


@dataclass(frozen=True, slots=True)
class DeployStack:
    cloudformation: CloudFormationClient
    upload: Upload | None = None
    limit_s: float = LIMIT_S

    def __call__(self, name: str, body: str, parameters: Mapping[str, str]) -> Stack:
        """Create or update a stack.

        Raises:
            OperationFailed: CloudFormation refused or failed, or takes too long.
        """
        remove_failed_creation(self.cloudformation, name)
        changed = self._send(stack_request(name, body, parameters, self.upload))
        stack = settled(self.cloudformation, name, self.limit_s)
        if changed:
            refuse_failure(self.cloudformation, stack)
        return Stack(name=name, outputs=outputs_of(stack), changed=changed)

    def _send(self, request: StackRequest) -> bool:
        """Return whether there was anything to do."""
        client = self.cloudformation
        found = find_stack(client, request["StackName"])
        try:
            (client.update_stack if found else client.create_stack)(**request)
        except ClientError as error:
            message = error.response["Error"].get("Message", "")
            if "No updates are to be performed" in message:
                return False
            name = request["StackName"]
            raise OperationFailed(f"CloudFormation refused stack {name}.", message) from error
        return True


def stack_request(
    name: str, body: str, parameters: Mapping[str, str], upload: Upload | None = None
) -> StackRequest:
    request: StackRequest = {
        "StackName": name,
        "Parameters": [{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
        "Capabilities": [
            "CAPABILITY_IAM",
            "CAPABILITY_NAMED_IAM",
            "CAPABILITY_AUTO_EXPAND",
        ],
    }
    if upload and len(body.encode()) > MAX_INLINE_BYTES:
        return {**request, "TemplateURL": upload(name, body)}
    return {**request, "TemplateBody": body}


def settled(
    cloudformation: CloudFormationClient, name: str, limit_s: float = LIMIT_S
) -> StackTypeDef:
    """Wait until the operation under way has ended."""
    wait_s, deadline = _FIRST_WAIT_S, time.monotonic() + limit_s
    while True:
        stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        if not stack["StackStatus"].endswith("_IN_PROGRESS"):
            return stack
        if time.monotonic() > deadline:
            raise OperationFailed(
                f"Stack {name} is still {stack['StackStatus']} after {limit_s:.0f} s.",
                "CloudFormation continues; the stack's events show what it is waiting for.",
            )
        time.sleep(wait_s)
        wait_s = min(wait_s * 1.5, _LONGEST_WAIT_S)


def refuse_failure(cloudformation: CloudFormationClient, stack: StackTypeDef) -> None:
    """Raise for a stack whose last operation failed."""
    if stack["StackStatus"] not in _SUCCEEDED:
        why = why_it_failed(cloudformation, stack["StackId"])
        raise OperationFailed(f"Stack {stack['StackName']} failed: {stack['StackStatus']}.", why)


def remove_failed_creation(cloudformation: CloudFormationClient, name: str) -> None:
    """Delete a stack whose creation was rolled back or never started: it can't be updated."""
    stack = find_stack(cloudformation, name)
    if stack and stack["StackStatus"] in NEVER_COMPLETED:
        cloudformation.delete_stack(StackName=name)
        settled(cloudformation, stack["StackId"])


def find_stack(cloudformation: CloudFormationClient, name: str) -> StackTypeDef | None:
    try:
        return cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in error.response["Error"].get("Message", ""):
            return None
        raise


def protect_stack(
    cloudformation: CloudFormationClient, name: str, *, is_protected: bool = True
) -> None:
    """Let CloudFormation refuse to delete an existing stack, or not any more."""
    stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    if stack.get("EnableTerminationProtection", False) != is_protected:
        cloudformation.update_termination_protection(
            StackName=name, EnableTerminationProtection=is_protected
        )


def delete_stack(cloudformation: CloudFormationClient, name: str) -> None:
    """Delete an existing stack, protected or not, and wait until it is gone.

    Raises:
        OperationFailed: one of its resources could not be deleted.
    """
    stack_id = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
    protect_stack(cloudformation, name, is_protected=False)
    cloudformation.delete_stack(StackName=name)
    if settled(cloudformation, stack_id)["StackStatus"] != "DELETE_COMPLETE":
        why = why_it_failed(cloudformation, stack_id)
        raise OperationFailed(f"Stack {name} could not be deleted.", why)


def parameters_of(stack: StackTypeDef) -> dict[str, str]:
    return {p["ParameterKey"]: p["ParameterValue"] for p in stack.get("Parameters", [])}


def outputs_of(stack: StackTypeDef) -> dict[str, str]:
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
