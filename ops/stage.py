"""What differs between the stages, apart from names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage's own limits for its clients, and its parameters for the backing stack."""

    name: str
    rate_per_s: int = 1_000
    burst: int = 2_000
    daily_quota: int | None = None
    backing: Mapping[str, str] = field(default_factory=dict)


LOCAL = Stage(
    "local",
    rate_per_s=10_000,
    burst=10_000,
    # The local cloud speaks plain HTTP. Three times this long until a message is a dead letter:
    # no more, as people and tests wait for that; a slow machine may see a file made twice, alike.
    backing={"RawQueueVisibilitySeconds": "10", "RequireTls": "false"},
)
