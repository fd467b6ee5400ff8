"""API keys on usage plans of their own."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from chalicelib.access.digest import digest_of
from chalicelib.model.scope import Scope
from ops.keys.dynamo_key_table import DynamoKeyTable
from ops.keys.key import ListedKey
from ops.local.cloud import Cloud
from ops.stage.names import API_STAGE

# So seldom that the second request is throttled, however long the first one takes.
SELDOM_PER_S = 0.001


@dataclass(frozen=True, slots=True)
class ThrottledKey:
    """Good for one request until its plan is relaxed."""

    cloud: Cloud
    value: str
    plan_id: str

    @classmethod
    def make(cls, cloud: Cloud) -> ThrottledKey:
        gateway = cloud.client("apigateway")
        api_id = urlsplit(cloud.api_url).path.split("/")[2]
        key = gateway.create_api_key(name="slow", enabled=True)
        plan = gateway.create_usage_plan(
            name="slow",
            throttle={"rateLimit": SELDOM_PER_S, "burstLimit": 1},
            apiStages=[{"apiId": api_id, "stage": API_STAGE}],
        )
        gateway.create_usage_plan_key(usagePlanId=plan["id"], keyId=key["id"], keyType="API_KEY")
        _list(cloud, key["id"], key["value"])
        return cls(cloud, key["value"], plan["id"])

    def relax(self) -> None:
        self.cloud.client("apigateway").update_usage_plan(
            usagePlanId=self.plan_id,
            patchOperations=[
                {"op": "replace", "path": f"/throttle/{limit}", "value": "1000"}
                for limit in ("rateLimit", "burstLimit")
            ],
        )


def _list(cloud: Cloud, key_id: str, value: str) -> None:
    """Let the app admit it, too."""
    table = DynamoKeyTable(cloud.client("dynamodb"), cloud.names.table("keys"))
    table.add(
        ListedKey(
            name=f"slow-{key_id}",
            scope=Scope.WRITE,
            digest=digest_of(value),
            gateway_id=key_id,
            created_at="2026-11-20T12:00:00.000Z",
        )
    )
