"""Make a key work, wherever an earlier attempt has stopped.

API Gateway first, then the table, then the usage plan. Every request passes API Gateway, which
refuses a key without a plan, and the app, which refuses one that isn't listed. So a key that works
is listed, and whatever was left undone can be done again: API Gateway knows the value. The other
way round, a death after the first step would leave a listed key whose value nobody knows.
"""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.model import instant
from chalicelib.model.scope import Scope
from chalicelib.ports import Clock
from ops.keys.key import PREFIXES, GatewayKey, ListedKey, check_name, new_value
from ops.keys.ports import Gateway, KeyTable, NameTaken, Plans
from ops.kit.errors import OperationFailed


@dataclass(frozen=True, slots=True)
class Ensured:
    """`is_new` says that the key did not work before."""

    value: str
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EnsureKey:
    table: KeyTable
    gateway: Gateway
    plans: Plans
    clock: Clock

    def __call__(self, name: str, scope: Scope) -> Ensured:
        """Create the key, or finish what was begun.

        Raises:
            OperationFailed: the name belongs to a key that is retired, lost or of another scope.
        """
        check_name(name)
        listed = self.table.find(name)
        found = self.gateway.find(name)
        _refuse(name, scope, listed, found)
        key = found or self.gateway.create(name, new_value(scope))
        if listed is None:
            self._list(key, scope)
        is_new = self.plans.join(key.id, scope)
        return Ensured(key.value, is_new)

    def _list(self, key: GatewayKey, scope: Scope) -> None:
        created_at = instant.to_text(self.clock())
        try:
            self.table.add(
                ListedKey(
                    name=key.name,
                    scope=scope,
                    digest=key.digest,
                    gateway_id=key.id,
                    created_at=created_at,
                )
            )
        except NameTaken as error:
            # Somebody else was creating one by this name, and was faster.
            self.gateway.delete(key.id)
            raise _taken(key.name) from error


def _refuse(name: str, scope: Scope, listed: ListedKey | None, found: GatewayKey | None) -> None:
    if listed and listed.is_retired:
        raise OperationFailed(
            f"The key {name} was retired at {listed.retired_at}.", "Choose another name."
        )
    if listed and listed.scope is not scope:
        raise _taken(name)
    if listed and (found is None or found.digest != listed.digest):
        raise OperationFailed(
            f"The key {name} is listed, but API Gateway no longer has it.",
            f"Retire it with `python -m ops key retire {name}`, and choose another name.",
        )
    if found and not listed and not found.value.startswith(PREFIXES[scope]):
        raise OperationFailed(
            f"API Gateway has a key {name} that is not listed and has another scope.",
            f"Delete it with `python -m ops key retire {name}`.",
        )


def _taken(name: str) -> OperationFailed:
    return OperationFailed(f"There is a key {name} already.", "Choose another name.")
