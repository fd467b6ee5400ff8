"""One route of the HTTP API: what parses its requests, and what documents it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from chalicelib.access.scopes import scopes_of
from chalicelib.model.scope import Scope
from chalicelib.query.parameters import Parameter

type Method = Literal["GET", "POST", "PUT"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one status means; `shapes` are those that its body may have, none without a body."""

    description: str
    shapes: tuple[Any, ...] = ()
    headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """`answers` are by status. `body` is the shape of a request's body, or names its schema."""

    name: str
    path: str
    summary: str
    method: Method = "GET"
    description: str = ""
    parameters: Sequence[Parameter[Any]] = ()
    body: Any = None
    answers: Mapping[int, Answer] = field(default_factory=dict)

    @property
    def scopes(self) -> frozenset[Scope]:
        """The scopes of which a key needs one, none where no key is needed."""
        return scopes_of(self.method, self.path)
