"""A stage's keys as a whole: its default key, and what deploying and destroying do to all."""

from __future__ import annotations

import time
from dataclasses import dataclass

from chalicelib.model import instant
from chalicelib.model.scope import Scope
from chalicelib.ports import Clock
from ops.keys.dynamo_key_table import DynamoKeyTable
from ops.keys.ensure_key import EnsureKey
from ops.keys.gateway_keys import GatewayKeys
from ops.keys.key import DEFAULT, GatewayKey, ListedKey, new_value
from ops.keys.ports import Gateway, KeyTable, Plans
from ops.keys.retire_key import RetireKey
from ops.keys.usage_plans import UsagePlans
from ops.stage.target import Target


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class StageKeys:
    table: KeyTable
    gateway: Gateway
    clock: Clock = now_ms

    @classmethod
    def of(cls, target: Target) -> StageKeys:
        session, names = target.session, target.names
        return cls(
            table=DynamoKeyTable(session.client("dynamodb"), names.table("keys")),
            gateway=GatewayKeys(session.client("apigateway"), names),
        )

    @property
    def retire(self) -> RetireKey:
        return RetireKey(table=self.table, gateway=self.gateway, clock=self.clock)

    def ensure(self, plans: Plans) -> EnsureKey:
        return EnsureKey(table=self.table, gateway=self.gateway, plans=plans, clock=self.clock)

    def register_default(self) -> GatewayKey | None:
        """List the stage's default key, which older deployments gave a value without a prefix.

        Before the functions are deployed, which refuse a key that isn't listed. Without effect,
        and None, once it is retired.
        """
        listed = self.table.find(DEFAULT)
        if listed and listed.is_retired:
            return None
        key = self.gateway.find(DEFAULT)
        key = key or self.gateway.create(DEFAULT, new_value(Scope.WRITE))
        if listed is None or (listed.digest, listed.gateway_id) != (key.digest, key.id):
            self.table.replace(
                ListedKey(
                    name=DEFAULT,
                    scope=Scope.WRITE,
                    digest=key.digest,
                    gateway_id=key.id,
                    created_at=instant.to_text(self.clock()),
                )
            )
        return key

    def join_all(self, plans: Plans) -> bool:
        """Put every key in use on the plan of its scope; return whether any plan was changed."""
        there = {key.id for key in self.gateway.all()}
        in_use = [key for key in self.table.all() if not key.is_retired]
        changed = [plans.join(k.gateway_id, k.scope) for k in in_use if k.gateway_id in there]
        return any([*changed, plans.adjust()])

    def retire_all(self) -> None:
        """Mark every key as retired, except that the next deployment makes a new default key."""
        for key in self.table.all():
            if key.name == DEFAULT:
                self.table.forget(DEFAULT)
            else:
                self.table.retire(key.name, self.clock())

    def delete_all(self) -> bool:
        """Delete every key in API Gateway; return whether there was any."""
        found = self.gateway.all()
        for key in found:
            self.gateway.delete(key.id)
        return bool(found)


def usage_plans(target: Target, api_id: str) -> UsagePlans:
    client = target.session.client("apigateway")
    return UsagePlans(client, target.names.prefix, target.stage, api_id)
