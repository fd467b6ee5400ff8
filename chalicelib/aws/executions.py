"""Executions of the rollup's state machine in Step Functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
import orjson

from chalicelib.aws import calls

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions.client import SFNClient


@dataclass(frozen=True, slots=True)
class StepFunctionsExecutions:
    client: SFNClient
    state_machine: str

    @classmethod
    def open(cls, state_machine: str) -> StepFunctionsExecutions:
        return cls(boto3.client("stepfunctions", config=calls.CONFIG), state_machine)

    def start(self, name: str, payload: Mapping[str, object]) -> None:
        with calls.translated():
            try:
                self.client.start_execution(
                    stateMachineArn=self.state_machine,
                    name=name,
                    input=orjson.dumps(payload).decode(),
                )
            except self.client.exceptions.ExecutionAlreadyExists:
                # It has ended. While it runs, Step Functions takes a second start as a success.
                return
