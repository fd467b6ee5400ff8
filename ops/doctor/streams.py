"""Whether the streams that a stage gives up are drained."""

from __future__ import annotations

from collections.abc import Iterator

from ops.deploy.draining import draining, surplus, undrained
from ops.stage.target import Target


def drained(target: Target) -> Iterator[str]:
    """Report streams that could go, and those that must not go yet but should."""
    stage, ready = target.names.stage, draining(target)
    if ready and not list(undrained(target, ready)):
        yield f"the streams {' and '.join(ready)} of {stage} are drained, and cost money idly"
    if left := surplus(target):
        yield from undrained(target, left)
