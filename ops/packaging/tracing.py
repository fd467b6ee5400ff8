"""Which functions X-Ray traces, looked up as Chalice does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def is_traced(config: Mapping[str, Any], stage: str, function: str) -> bool:
    """Say whether a function of a stage is traced.

    >>> config = {"lambda_functions": {"api_handler": {"xray": True}}, "stages": {"dev": {}}}
    >>> is_traced(config, "dev", "api_handler"), is_traced(config, "dev", "record_run")
    (True, False)
    >>> is_traced({**config, "stages": {"dev": {"xray": True}}}, "dev", "record_run")
    True
    """
    own = config["stages"][stage]
    # A stage's own value beats that of a function for all stages.
    places = (_function(own, function), own, _function(config, function), config)
    return bool(next((place["xray"] for place in places if "xray" in place), False))


def _function(scope: Mapping[str, Any], function: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = scope.get("lambda_functions", {}).get(function, {})
    return found
