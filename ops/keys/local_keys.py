"""The keys that every local cloud has beside its default one, for people and tests at hand."""

from __future__ import annotations

from chalicelib.model.scope import Scope
from ops.keys.key import DEFAULT
from ops.kit.errors import OperationFailed
from ops.stage.stages import LOCAL

LOCAL_KEYS = {"local-read": Scope.READ, "local-admin": Scope.ADMIN}


def refuse_local(stage: str, name: str) -> None:
    """Refuse to retire what the local cloud could not go on without.

    Raises:
        OperationFailed: it is such a key.
    """
    if stage == LOCAL.name and name in {DEFAULT, *LOCAL_KEYS}:
        raise OperationFailed(
            f"The local cloud needs its key {name}.",
            "`python -m ops down --purge` ends all of its keys.",
        )
