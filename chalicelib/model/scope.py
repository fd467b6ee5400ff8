"""What an API key is for."""

from __future__ import annotations

from enum import StrEnum


class Scope(StrEnum):
    """`ADMIN` may do what the others may, and see what users sent."""

    WRITE = "write"
    READ = "read"
    ADMIN = "admin"


NO_KEY: frozenset[Scope] = frozenset()
WRITERS = frozenset({Scope.WRITE, Scope.ADMIN})
READERS = frozenset({Scope.READ, Scope.ADMIN})
