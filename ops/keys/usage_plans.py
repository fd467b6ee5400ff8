"""How much the keys of each scope may ask for: one usage plan a scope, in API Gateway."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.model.scope import Scope
from ops.stage.names import API_STAGE
from ops.stage.stages import Limits, Stage

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient
    from mypy_boto3_apigateway.type_defs import (
        CreateUsagePlanRequestTypeDef,
        PatchOperationTypeDef,
        ThrottleSettingsTypeDef,
        UsagePlanTypeDef,
    )


def plan_name(prefix: str, api_id: str, scope: Scope) -> str:
    """Return a plan's name. It belongs to one API: one that is created again gets new plans.

    >>> plan_name("eventstream-dev", "abc123", Scope.WRITE)
    'eventstream-dev-abc123'
    >>> plan_name("eventstream-dev", "abc123", Scope.READ)
    'eventstream-dev-abc123.read'
    """
    name = f"{prefix}-{api_id}"
    return name if scope is Scope.WRITE else f"{name}.{scope}"


def is_plan_of(prefix: str, name: str) -> bool:
    """Whether only an API's ID and a scope follow: `dev` must not touch the plans of `dev-eu`.

    >>> is_plan_of("eventstream-dev", "eventstream-dev-abc123.read")
    True
    >>> is_plan_of("eventstream-dev", "eventstream-dev-eu-abc123")
    False
    """
    start, _, rest = name.rpartition("-")
    return start == prefix and rest.partition(".")[0].isalnum()


def scope_of_plan(name: str) -> Scope:
    """Return the scope that a plan is for.

    >>> scope_of_plan("eventstream-dev-abc123.read"), scope_of_plan("eventstream-dev-abc123")
    (<Scope.READ: 'read'>, <Scope.WRITE: 'write'>)
    """
    return next((scope for scope in Scope if name.endswith(f".{scope}")), Scope.WRITE)


def plans_of(client: APIGatewayClient, prefix: str) -> Sequence[UsagePlanTypeDef]:
    """Return all plans of a stage, those of earlier APIs included."""
    pages = client.get_paginator("get_usage_plans").paginate()
    found = (plan for page in pages for plan in page["items"])
    return [plan for plan in found if is_plan_of(prefix, plan.get("name", ""))]


def keys_on(client: APIGatewayClient, plan_id: str) -> frozenset[str]:
    pages = client.get_paginator("get_usage_plan_keys").paginate(usagePlanId=plan_id)
    return frozenset(key["id"] for page in pages for key in page["items"])


@dataclass(frozen=True, slots=True)
class UsagePlans:
    """A plan is made with the first key of its scope."""

    client: APIGatewayClient
    prefix: str
    stage: Stage
    api_id: str

    def join(self, key_id: str, scope: Scope) -> bool:
        plan = self._plan(scope) or self._make(scope)
        if key_id in keys_on(self.client, plan["id"]):
            return False
        self.client.create_usage_plan_key(usagePlanId=plan["id"], keyId=key_id, keyType="API_KEY")
        return True

    def adjust(self) -> bool:
        found = [(scope, plan) for scope in Scope if (plan := self._plan(scope))]
        adjusted = [self._adjust(plan, self.stage.limits(scope)) for scope, plan in found]
        return any(adjusted)

    def _plan(self, scope: Scope) -> UsagePlanTypeDef | None:
        name = plan_name(self.prefix, self.api_id, scope)
        plans = plans_of(self.client, self.prefix)
        return next((plan for plan in plans if plan.get("name") == name), None)

    def _make(self, scope: Scope) -> UsagePlanTypeDef:
        limits = self.stage.limits(scope)
        throttle: ThrottleSettingsTypeDef = {
            "rateLimit": limits.rate_per_s,
            "burstLimit": limits.burst,
        }
        request: CreateUsagePlanRequestTypeDef = {
            "name": plan_name(self.prefix, self.api_id, scope),
            "throttle": throttle,
            "apiStages": [{"apiId": self.api_id, "stage": API_STAGE}],
        }
        if limits.daily_quota:
            request["quota"] = {"limit": limits.daily_quota, "period": "DAY"}
        made = self.client.create_usage_plan(**request)
        return {"id": made["id"]}

    def _adjust(self, plan: UsagePlanTypeDef, limits: Limits) -> bool:
        changes = list(limit_changes(plan, limits))
        if changes:
            self.client.update_usage_plan(usagePlanId=plan["id"], patchOperations=changes)
        return bool(changes)


def limit_changes(plan: UsagePlanTypeDef, limits: Limits) -> Iterator[PatchOperationTypeDef]:
    throttle, quota = plan.get("throttle", {}), plan.get("quota", {})
    if float(throttle.get("rateLimit", 0)) != limits.rate_per_s:
        yield _replace("/throttle/rateLimit", limits.rate_per_s)
    if int(throttle.get("burstLimit", 0)) != limits.burst:
        yield _replace("/throttle/burstLimit", limits.burst)
    if limits.daily_quota and int(quota.get("limit", 0)) != limits.daily_quota:
        yield _replace("/quota/limit", limits.daily_quota)
        yield _replace("/quota/period", "DAY")
    if quota and not limits.daily_quota:
        yield {"op": "remove", "path": "/quota"}


def _replace(path: str, value: float | str) -> PatchOperationTypeDef:
    return {"op": "replace", "path": path, "value": str(value)}
