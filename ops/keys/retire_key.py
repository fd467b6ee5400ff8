"""Retire a key, so that it stops within a minute.

The table first: the app reads it every half a minute, so that the key stops even if this dies
before API Gateway hears of it. To retire the key again finishes the work.
"""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.ports import Clock
from ops.keys.ports import Gateway, KeyTable
from ops.kit.errors import OperationFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class RetireKey:
    table: KeyTable
    gateway: Gateway
    clock: Clock

    def __call__(self, name: str) -> None:
        """Retire a key, or finish retiring it; one that only API Gateway has is deleted there.

        Raises:
            OperationFailed: there is no such key.
        """
        listed = self.table.find(name)
        found = self.gateway.find(name)
        if listed is None and found is None:
            raise OperationFailed(
                f"There is no key {name}.", "`python -m ops key list` shows those that there are."
            )
        if listed and not listed.is_retired:
            self.table.retire(name, self.clock())
        if found:
            self.gateway.delete(found.id)
