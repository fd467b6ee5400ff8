"""Create or update one CloudFormation stack, and wait until it stands."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from ops.deploy.stack_failure import why_it_failed
from ops.errors import OperationFailed

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.literals import CapabilityType
    from mypy_boto3_cloudformation.type_defs import StackTypeDef

_CAPABILITIES: list[CapabilityType] = [
    "CAPABILITY_IAM",
    "CAPABILITY_NAMED_IAM",
    "CAPABILITY_AUTO_EXPAND",
]
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
        self._remove_what_never_stood(name)
        changed = self._send(name, body, parameters)
        stack = self._settled(name)
        if changed and stack["StackStatus"] not in _SUCCEEDED:
            why = why_it_failed(self.cloudformation, stack["StackId"])
            raise OperationFailed(f"Stack {name} failed: {stack['StackStatus']}.", why)
        outputs = {o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", [])}
        return Stack(name=name, outputs=outputs, changed=changed)

    def _remove_what_never_stood(self, name: str) -> None:
        """A stack whose creation was rolled back can't be updated, only deleted."""
        stack = self._find(name)
        if stack and stack["StackStatus"] in {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED"}:
            self.cloudformation.delete_stack(StackName=name)
            self._settled(stack["StackId"])

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
                Capabilities=_CAPABILITIES,
            )
        except ClientError as error:
            message = error.response["Error"].get("Message", "")
            if "No updates are to be performed" in message:
                return False
            raise OperationFailed(f"CloudFormation refused stack {name}.", message) from error
        return True

    def _find(self, name: str) -> StackTypeDef | None:
        try:
            return self.cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        except ClientError as error:
            if "does not exist" in error.response["Error"].get("Message", ""):
                return None
            raise

    def _settled(self, name: str) -> StackTypeDef:
        wait_s, deadline = _FIRST_WAIT_S, time.monotonic() + self.limit_s
        while True:
            stack = self.cloudformation.describe_stacks(StackName=name)["Stacks"][0]
            if not stack["StackStatus"].endswith("_IN_PROGRESS"):
                return stack
            if time.monotonic() > deadline:
                raise OperationFailed(
                    f"Stack {name} is still {stack['StackStatus']} after {self.limit_s:.0f} s.",
                    "CloudFormation goes on with it; its events say what it waits for.",
                )
            time.sleep(wait_s)
            wait_s = min(wait_s * 1.5, _LONGEST_WAIT_S)
