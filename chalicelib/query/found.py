"""What a reading verb found, and how long it may be kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# Seconds that a client may keep an answer for.
FINAL = 3_600
ROLLED_UP = 30
RECENT = 5
LIVE = 2


@dataclass(frozen=True, slots=True)
class Found:
    """`max_age_s` is None for what must not be kept; `version` names content that has one."""

    content: Mapping[str, object]
    max_age_s: int | None
    version: str = ""
