"""One route of the HTTP API: what parses its requests, and what documents it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.model.scope import Scope
from chalicelib.query.parameters import Parameter


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """`scopes` are those that a key may have, none where no key is needed.

    `answer` is the shape of a 200's body.
    """

    path: str
    summary: str
    answer: type[Any]
    method: str = "GET"
    description: str = ""
    scopes: frozenset[Scope]
    parameters: Sequence[Parameter[Any]] = ()
