"""Decide whether a request may be answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.access.admission import Admission, Refusal
from chalicelib.access.digest import digest_of
from chalicelib.access.key_ring import KeyRing
from chalicelib.access.scopes import scopes_of
from chalicelib.errors import StoreUnavailable
from chalicelib.model.code import Code
from chalicelib.model.scope import Scope

HEADER = "x-api-key"


@dataclass(frozen=True, slots=True)
class Admit:
    key_ring: KeyRing

    def __call__(self, request: Mapping[str, Any]) -> Admission:
        """Judge a request in API Gateway's proxy format."""
        context = request["requestContext"]
        route = context["resourcePath"]
        scopes = scopes_of(context["httpMethod"], route)
        if not scopes:
            return Admission()
        key = _key_of(request.get("headers") or {})
        if not key:
            return _refused(Code.KEY_MISSING, "send an API key in the header X-Api-Key", route)
        return self._judged(digest_of(key), scopes, route)

    def _judged(self, digest: str, scopes: frozenset[Scope], route: str) -> Admission:
        try:
            scope = self.key_ring.scope_of(digest)
        except StoreUnavailable as error:
            writes = Scope.WRITE in scopes
            return Admission(refusal=Refusal.of_outage(str(error), route, writes=writes))
        if scope is None:
            return _refused(Code.KEY_UNKNOWN, "the API key is unknown or retired", route)
        if scope not in scopes:
            needed = " or ".join(one for one in Scope if one in scopes)
            message = f"this takes a key of scope {needed}, and the key has scope {scope}"
            return _refused(Code.SCOPE_NOT_ALLOWED, message, route)
        return Admission(scope)


def _key_of(headers: Mapping[str, str]) -> str:
    return next((value for name, value in headers.items() if name.lower() == HEADER), "")


def _refused(code: Code, message: str, route: str) -> Admission:
    return Admission(refusal=Refusal.of_key(code, message, route))
