"""What every route of the read side is wired with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from chalicelib.query.asked import Asked
from chalicelib.query.found import Found
from chalicelib.query.route import Route
from chalicelib.query.serve import Serve
from chalicelib.settings.query import QuerySettings
from chalicelib.wiring.query_sources import QuerySources
from chalicelib.wiring.world import now_ms


@dataclass(frozen=True)
class Reads:
    settings: QuerySettings

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None) -> Self:
        return cls(QuerySettings.from_env(env))

    def _serve(self, route: Route, read: Callable[[Asked], Found]) -> Serve:
        return Serve(route=route, read=read, clock=now_ms, meter=self._sources.meter)

    @cached_property
    def _sources(self) -> QuerySources:
        return QuerySources(self.settings)
