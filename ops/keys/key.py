"""A key's value and name, and its item in the table of keys."""

from __future__ import annotations

import base64
import re
import secrets
from dataclasses import dataclass

from chalicelib.access.digest import digest_of
from chalicelib.model.scope import Scope
from ops.kit.errors import OperationFailed
from ops.stage.names import Names

PREFIXES = {Scope.WRITE: "esw_", Scope.READ: "esr_", Scope.ADMIN: "esa_"}
# Base32 takes 5 of them a character, without padding; its digits are never mistaken for letters.
RANDOM_BITS = 160
# The key that every stage has from its first deployment on.
DEFAULT = "default"
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")


def new_value(scope: Scope) -> str:
    """Return a new secret, which says in its first three letters what it is for."""
    random = base64.b32encode(secrets.token_bytes(RANDOM_BITS // 8))
    return PREFIXES[scope] + random.decode().lower()


def check_name(name: str) -> None:
    """Refuse what is not a valid name.

    Raises:
        OperationFailed: it is not.
    """
    if not _NAME.fullmatch(name):
        raise OperationFailed(
            f"{name!r} is not a valid name for a key.",
            "Use up to 40 lower case letters, digits and hyphens.",
        )


def gateway_name(names: Names, name: str) -> str:
    """Return what a key is called in API Gateway, which all stages of an account share.

    No stage has a dot in its name, so that a key of `dev-eu` is never taken for one of `dev`.

    >>> gateway_name(Names("dev", "", ""), "page"), gateway_name(Names("dev", "", ""), DEFAULT)
    ('eventstream-dev.page', 'eventstream-dev')
    """
    return names.api_key if name == DEFAULT else f"{names.api_key}.{name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedKey:
    """A key as the table has it; instants are ISO 8601, in UTC."""

    name: str
    scope: Scope
    digest: str
    gateway_id: str
    created_at: str
    retired_at: str | None = None

    @property
    def is_retired(self) -> bool:
        return self.retired_at is not None


@dataclass(frozen=True, slots=True)
class GatewayKey:
    """A key as API Gateway has it, by its name in the table."""

    id: str
    name: str
    value: str
    is_enabled: bool = True

    @property
    def digest(self) -> str:
        return digest_of(self.value)
