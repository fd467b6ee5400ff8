"""The table of keys and API Gateway in memory, which can fail before and after any effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from chalicelib.access.digest import digest_of
from chalicelib.model import instant
from chalicelib.model.scope import Scope
from ops.keys.key import GatewayKey, ListedKey
from ops.keys.ports import NameTaken
from tests.fakes import Faults


@dataclass
class FakeKeyTable:
    faults: Faults = field(default_factory=Faults)
    keys: dict[str, ListedKey] = field(default_factory=dict)

    def all(self) -> Sequence[ListedKey]:
        return sorted(self.keys.values(), key=lambda key: key.name)

    def find(self, name: str) -> ListedKey | None:
        return self.keys.get(name)

    def add(self, key: ListedKey) -> None:
        with self.faults.around():
            if self.keys.setdefault(key.name, key).digest != key.digest:
                raise NameTaken(key.name)

    def replace(self, key: ListedKey) -> None:
        with self.faults.around():
            self.keys[key.name] = key

    def retire(self, name: str, at_ms: int) -> None:
        with self.faults.around():
            if name in self.keys and not self.keys[name].is_retired:
                retired_at = instant.to_text(at_ms)
                self.keys[name] = replace(self.keys[name], retired_at=retired_at)

    def forget(self, name: str) -> None:
        with self.faults.around():
            self.keys.pop(name, None)


@dataclass
class FakeGateway:
    """Keys, and the usage plans that they are on."""

    faults: Faults = field(default_factory=Faults)
    keys: dict[str, GatewayKey] = field(default_factory=dict)
    plans: dict[Scope, set[str]] = field(default_factory=dict)

    def all(self) -> Sequence[GatewayKey]:
        return [*self.keys.values()]

    def find(self, name: str) -> GatewayKey | None:
        return next((key for key in self.keys.values() if key.name == name), None)

    def create(self, name: str, value: str) -> GatewayKey:
        with self.faults.around():
            key = GatewayKey(f"id-{len(self.keys)}", name, value)
            self.keys[key.id] = key
            return key

    def delete(self, key_id: str) -> None:
        with self.faults.around():
            self.keys.pop(key_id, None)

    def join(self, key_id: str, scope: Scope) -> bool:
        with self.faults.around():
            is_new = key_id not in self.plans.setdefault(scope, set())
            self.plans[scope].add(key_id)
            return is_new

    def adjust(self) -> bool:
        return False

    def admits(self, value: str) -> bool:
        return any(
            key.id in joined
            for joined in self.plans.values()
            for key in self.keys.values()
            if key.value == value and key.is_enabled
        )


def is_listed(table: FakeKeyTable, value: str) -> bool:
    """Whether the app takes the key."""
    return any(key.digest == digest_of(value) and not key.is_retired for key in table.all())
