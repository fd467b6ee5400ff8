"""An hour's figures as one attribute, so that weeks of hours take a query of a few pages."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

import orjson

from chalicelib.model.figures import Figures


def encoded(figures: Mapping[str, Figures]) -> bytes:
    by_type = {event_type: tuple(figures[event_type]) for event_type in sorted(figures)}
    return zlib.compress(orjson.dumps(by_type))


def decoded(attribute: bytes) -> dict[str, Figures]:
    """Read figures back.

    >>> decoded(encoded({"click": Figures(3, 1, 2, 20.5)}))["click"].latency_p95_ms
    20.5
    """
    by_type = orjson.loads(zlib.decompress(attribute))
    return {event_type: Figures(*values) for event_type, values in by_type.items()}
