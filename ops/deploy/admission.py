"""Who may call the API, and how much: the stage's keys and their usage plans."""

from __future__ import annotations

from dataclasses import dataclass

from ops.deploy.data import Kind, Thing, kept_data
from ops.keys.stage_keys import StageKeys, usage_plans
from ops.keys.usage_plans import plans_of
from ops.stage.names import API_STAGE, Names
from ops.stage.target import Target


@dataclass(frozen=True, slots=True)
class Admission:
    """`api_key` is the value of the stage's default key, empty once it is retired."""

    api_key: str
    changed: bool


def access(names: Names, api_id: str) -> list[tuple[str, str]]:
    """Say where the API is, and how to get the key, which must not end up in a build's log."""
    domain = "amazonaws.com.cn" if names.partition == "aws-cn" else "amazonaws.com"
    return [
        ("API", f"https://{api_id}.execute-api.{names.region}.{domain}/{API_STAGE}"),
        ("API key", key_command(names)),
    ]


def key_command(names: Names) -> str:
    return (
        f"aws apigateway get-api-keys --name-query {names.api_key} --include-values"
        # The query matches prefixes, so it also finds the keys of stages with longer names.
        f" --query \"items[?name=='{names.api_key}'].value | [0]\" --output text"
        f" --region {names.region}"
    )


def admit(target: Target, api_id: str) -> Admission:
    keys = StageKeys.of(target)
    default = keys.register_default()
    changed = keys.join_all(usage_plans(target, api_id))
    return Admission(api_key=default.value if default else "", changed=changed)


def withdraw(target: Target) -> bool:
    """Delete every key and plan of the stage; return whether there was any."""
    keys = StageKeys.of(target)
    # A stage that was never deployed, or not to its end, has no table.
    if Thing(Kind.TABLE, target.names.table("keys")) in kept_data(target):
        keys.retire_all()
    return keys.delete_all() | _delete_plans(target)


def _delete_plans(target: Target) -> bool:
    gateway = target.session.client("apigateway")
    plans = plans_of(gateway, target.names.prefix)
    for plan in plans:
        for stage in plan.get("apiStages", []):
            path = f"{stage.get('apiId')}:{stage.get('stage')}"
            gateway.update_usage_plan(
                usagePlanId=plan["id"],
                patchOperations=[{"op": "remove", "path": "/apiStages", "value": path}],
            )
        gateway.delete_usage_plan(usagePlanId=plan["id"])
    return bool(plans)
