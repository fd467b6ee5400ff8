"""What people are told of anomalies that belong together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """`text` is for people, `body` for machines; `attributes` are what a subscriber filters by.

    One that is sent again, as it may be after a crash, has the same `id`.
    """

    id: str
    subject: str
    text: str
    body: Mapping[str, object]
    attributes: Mapping[str, str]
