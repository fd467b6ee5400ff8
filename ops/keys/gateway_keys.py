"""The keys of a stage, in API Gateway."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ops.keys.key import DEFAULT, GatewayKey, gateway_name
from ops.stage.names import Names

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient
    from mypy_boto3_apigateway.type_defs import ApiKeyTypeDef


@dataclass(frozen=True, slots=True)
class GatewayKeys:
    client: APIGatewayClient
    names: Names

    def all(self) -> Sequence[GatewayKey]:
        pages = self.client.get_paginator("get_api_keys").paginate(
            nameQuery=self.names.api_key, includeValues=True
        )
        # The query matches prefixes, and so also finds the keys of stages with longer names.
        found = (self._key_of(key) for page in pages for key in page["items"])
        return [key for key in found if key]

    def find(self, name: str) -> GatewayKey | None:
        return next((key for key in self.all() if key.name == name), None)

    def create(self, name: str, value: str) -> GatewayKey:
        made = self.client.create_api_key(
            name=gateway_name(self.names, name), value=value, enabled=True
        )
        return GatewayKey(made["id"], name, value)

    def delete(self, key_id: str) -> None:
        try:
            self.client.delete_api_key(apiKey=key_id)
        except self.client.exceptions.NotFoundException:
            return

    def _key_of(self, key: ApiKeyTypeDef) -> GatewayKey | None:
        called = key.get("name", "")
        name = DEFAULT if called == self.names.api_key else called.partition(".")[2]
        if called != gateway_name(self.names, name):
            return None
        return GatewayKey(key["id"], name, key.get("value", ""), bool(key.get("enabled")))
