"""Questions to attribution's database, by the function in its network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import orjson
from botocore.config import Config

from chalicelib.aws import calls
from chalicelib.errors import AttributionOff, StoreUnavailable, TookTooLong
from chalicelib.model.attribution_report import GroupedCredits, ReportQuestion

if TYPE_CHECKING:
    from mypy_boto3_lambda.client import LambdaClient

# The database stops a statement earlier. A second attempt would make a slow one slower.
CONFIG = calls.CONFIG.merge(
    Config(
        connect_timeout=2,
        read_timeout=15,
        retries={"mode": "standard", "total_max_attempts": 1},
    )
)


@dataclass(frozen=True, slots=True)
class LambdaGroupedCredits:
    client: LambdaClient
    function: str

    @classmethod
    def open(cls, function: str) -> LambdaGroupedCredits:
        return cls(boto3.client("lambda", config=CONFIG), function)

    def read(self, question: ReportQuestion) -> GroupedCredits:
        answer = self._invoke(question.to_json())
        match answer.get("problem"):
            case None:
                return GroupedCredits.from_json(answer)
            case "took_too_long":
                raise TookTooLong
            case problem:
                raise StoreUnavailable(f"{problem}: {answer.get('reason', '')}")

    def _invoke(self, payload: Mapping[str, object]) -> dict[str, Any]:
        with calls.translated():
            try:
                answer = self.client.invoke(
                    FunctionName=self.function, Payload=orjson.dumps(payload)
                )
            except self.client.exceptions.ResourceNotFoundException as error:
                raise AttributionOff from error
            body = answer["Payload"].read()
        if answer.get("FunctionError"):
            # Its own log line says what happened.
            raise StoreUnavailable(f"{self.function} failed: {answer['FunctionError']}")
        read: dict[str, Any] = orjson.loads(body)
        return read
