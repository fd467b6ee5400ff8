"""Limit the methods that need no key, which no usage plan limits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ops.stage.names import API_STAGE
from ops.stage.target import Target

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient
    from mypy_boto3_apigateway.type_defs import PatchOperationTypeDef


def throttle_keyless_methods(target: Target, api_id: str) -> bool:
    """Do as the template does on the package path; return whether anything had to be changed."""
    gateway = target.session.client("apigateway")
    loose = unthrottled(gateway, target, api_id)
    if loose:
        gateway.update_stage(
            restApiId=api_id,
            stageName=API_STAGE,
            patchOperations=[
                operation for method in loose for operation in _operations(target, method)
            ],
        )
    return bool(loose)


def unthrottled(gateway: APIGatewayClient, target: Target, api_id: str) -> list[str]:
    """List the methods without a key whose limits are not the stage's, as `/health/GET`."""
    found = gateway.get_stage(restApiId=api_id, stageName=API_STAGE).get("methodSettings", {})
    # However a path is spelt: `~1health/GET`, `/health/GET` and `health/GET` are the same.
    settings = {f"/{key.replace('~1', '/').lstrip('/')}": one for key, one in found.items()}
    wanted = (float(target.stage.keyless_rate_per_s), target.stage.keyless_burst)
    return [
        method
        for method in _keyless(gateway, api_id)
        if (one := settings.get(method)) is None
        or (one.get("throttlingRateLimit"), one.get("throttlingBurstLimit")) != wanted
    ]


def _keyless(gateway: APIGatewayClient, api_id: str) -> Iterator[str]:
    pages = gateway.get_paginator("get_resources").paginate(restApiId=api_id, embed=["methods"])
    for page in pages:
        for resource in page["items"]:
            for name, method in resource.get("resourceMethods", {}).items():
                if not method.get("apiKeyRequired"):
                    yield f"{resource['path']}/{name}"


def _operations(target: Target, method: str) -> Iterator[PatchOperationTypeDef]:
    path, _, verb = method.rpartition("/")
    setting = f"/{path.replace('/', '~1')}/{verb}/throttling"
    yield {
        "op": "replace",
        "path": f"{setting}/rateLimit",
        "value": str(target.stage.keyless_rate_per_s),
    }
    yield {
        "op": "replace",
        "path": f"{setting}/burstLimit",
        "value": str(target.stage.keyless_burst),
    }
