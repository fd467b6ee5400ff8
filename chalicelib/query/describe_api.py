"""Answer `GET /openapi.json`: the API's own description."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from chalicelib.query import found
from chalicelib.query.asked import Asked
from chalicelib.query.found import Found
from chalicelib.query.openapi import document
from chalicelib.query.pipeline_shapes import OpenApi
from chalicelib.query.route import Route


@dataclass(frozen=True)
class DescribeApi:
    """It is the same for as long as the process lives, and made when it is first asked for."""

    routes: Sequence[Route]
    max_batch_events: int

    def __call__(self, _asked: Asked) -> Found:
        return Found(self._document, found.FINAL)

    @cached_property
    def _document(self) -> OpenApi:
        return document(self.routes, self.max_batch_events)
