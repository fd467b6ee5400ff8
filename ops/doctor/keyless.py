"""Whether methods that need no key are throttled, as no usage plan limits them."""

from __future__ import annotations

from collections.abc import Iterator

from ops.chalice_path.throttle import unthrottled
from ops.stage.target import Target


def keyless_methods(target: Target) -> Iterator[str]:
    gateway, prefix = target.session.client("apigateway"), target.names.prefix
    plans = [
        plan
        for page in gateway.get_paginator("get_usage_plans").paginate()
        for plan in page["items"]
    ]
    for plan in plans:
        for api_id in [stage["apiId"] for stage in plan.get("apiStages", [])]:
            # Deployment names the plan after the stage's API.
            if plan.get("name") == f"{prefix}-{api_id}":
                for method in unthrottled(gateway, target, api_id):
                    yield f"{method} needs no key and has other limits than the stage's settings"
