"""Who may call the API, and how much: one key on one usage plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ops.stage.names import API_STAGE
from ops.stage.stages import Stage
from ops.stage.target import Target

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient
    from mypy_boto3_apigateway.type_defs import (
        ApiKeyTypeDef,
        CreateUsagePlanRequestTypeDef,
        PatchOperationTypeDef,
        ThrottleSettingsTypeDef,
        UsagePlanTypeDef,
    )


@dataclass(frozen=True, slots=True)
class Admission:
    api_key: str
    changed: bool


def admit(target: Target, api_id: str) -> Admission:
    gateway = target.session.client("apigateway")
    key = _key(gateway, target.names.api_key)
    # A plan belongs to one API: should the API ever be made anew, so is its plan.
    name = f"{target.names.prefix}-{api_id}"
    found = _plan(gateway, name)
    plan = found or _make_plan(gateway, name, target.stage, api_id)
    adjusted = _adjust(gateway, plan, target.stage)
    joined = _join(gateway, plan["id"], key["id"])
    return Admission(api_key=key["value"], changed=not found or adjusted or joined)


def withdraw(target: Target) -> bool:
    """Take back the key and every plan of the stage; whether there was any."""
    gateway = target.session.client("apigateway")
    keys = _keys(gateway, target.names.api_key)
    plans = [p for p in _plans(gateway) if _is_of(target.names.prefix, p.get("name", ""))]
    for plan in plans:
        for stage in plan.get("apiStages", []):
            path = f"{stage.get('apiId')}:{stage.get('stage')}"
            gateway.update_usage_plan(
                usagePlanId=plan["id"],
                patchOperations=[{"op": "remove", "path": "/apiStages", "value": path}],
            )
        gateway.delete_usage_plan(usagePlanId=plan["id"])
    for key in keys:
        gateway.delete_api_key(apiKey=key["id"])
    return bool(keys or plans)


def _is_of(prefix: str, plan: str) -> bool:
    """Whether only an API's id follows: stage `dev` has no business with plans of `dev-eu`."""
    start, _, api_id = plan.rpartition("-")
    return start == prefix and api_id.isalnum()


def _key(gateway: APIGatewayClient, name: str) -> ApiKeyTypeDef:
    found = _keys(gateway, name)
    if found:
        return found[0]
    made = gateway.create_api_key(name=name, enabled=True)
    return {"id": made["id"], "value": made["value"]}


def _keys(gateway: APIGatewayClient, name: str) -> list[ApiKeyTypeDef]:
    pages = gateway.get_paginator("get_api_keys").paginate(nameQuery=name, includeValues=True)
    return [key for page in pages for key in page["items"] if key.get("name") == name]


def _plan(gateway: APIGatewayClient, name: str) -> UsagePlanTypeDef | None:
    found = [plan for plan in _plans(gateway) if plan.get("name") == name]
    return found[0] if found else None


def _plans(gateway: APIGatewayClient) -> list[UsagePlanTypeDef]:
    pages = gateway.get_paginator("get_usage_plans").paginate()
    return [plan for page in pages for plan in page["items"]]


def _make_plan(
    gateway: APIGatewayClient, name: str, stage: Stage, api_id: str
) -> UsagePlanTypeDef:
    throttle: ThrottleSettingsTypeDef = {"rateLimit": stage.rate_per_s, "burstLimit": stage.burst}
    request: CreateUsagePlanRequestTypeDef = {
        "name": name,
        "throttle": throttle,
        "apiStages": [{"apiId": api_id, "stage": API_STAGE}],
    }
    if stage.daily_quota:
        request["quota"] = {"limit": stage.daily_quota, "period": "DAY"}
    made = gateway.create_usage_plan(**request)
    return {"id": made["id"], "throttle": throttle, "quota": request.get("quota", {})}


def _adjust(gateway: APIGatewayClient, plan: UsagePlanTypeDef, stage: Stage) -> bool:
    changes = list(_changes(plan, stage))
    if changes:
        gateway.update_usage_plan(usagePlanId=plan["id"], patchOperations=changes)
    return bool(changes)


def _changes(plan: UsagePlanTypeDef, stage: Stage) -> Iterator[PatchOperationTypeDef]:
    throttle, quota = plan.get("throttle", {}), plan.get("quota", {})
    if float(throttle.get("rateLimit", 0)) != stage.rate_per_s:
        yield _replace("/throttle/rateLimit", stage.rate_per_s)
    if int(throttle.get("burstLimit", 0)) != stage.burst:
        yield _replace("/throttle/burstLimit", stage.burst)
    if stage.daily_quota and int(quota.get("limit", 0)) != stage.daily_quota:
        yield _replace("/quota/limit", stage.daily_quota)
        yield _replace("/quota/period", "DAY")
    if quota and not stage.daily_quota:
        yield {"op": "remove", "path": "/quota"}


def _join(gateway: APIGatewayClient, plan_id: str, key_id: str) -> bool:
    pages = gateway.get_paginator("get_usage_plan_keys").paginate(usagePlanId=plan_id)
    if any(key["id"] == key_id for page in pages for key in page["items"]):
        return False
    gateway.create_usage_plan_key(usagePlanId=plan_id, keyId=key_id, keyType="API_KEY")
    return True


def _replace(path: str, value: float | str) -> PatchOperationTypeDef:
    return {"op": "replace", "path": path, "value": str(value)}
