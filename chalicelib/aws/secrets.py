"""Secrets, in Secrets Manager."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
import orjson

from chalicelib.aws import calls
from chalicelib.errors import Unreadable

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager.client import SecretsManagerClient


@dataclass(frozen=True, slots=True)
class SecretsManagerSecret:
    client: SecretsManagerClient
    arn: str

    @classmethod
    def open(cls, arn: str) -> SecretsManagerSecret:
        return cls(boto3.client("secretsmanager", config=calls.CONFIG), arn)

    def read(self) -> Mapping[str, object]:
        """Return the fields of the current version.

        Raises:
            Unreadable: it isn't a JSON object. The message doesn't repeat its content.
        """
        with calls.translated():
            text = self.client.get_secret_value(SecretId=self.arn)["SecretString"]
        try:
            fields = orjson.loads(text)
        except orjson.JSONDecodeError:
            fields = None
        if not isinstance(fields, dict):
            raise Unreadable(f"{self.arn} is not a JSON object") from None
        return fields
