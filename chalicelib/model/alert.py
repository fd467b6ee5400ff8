"""An alert about anomalies that belong together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """`text` is for people, `body` for machines; subscribers filter by `attributes`.

    An alert that is sent again, as may happen after a crash, has the same `id`.
    """

    id: str
    subject: str
    text: str
    body: Mapping[str, object]
    attributes: Mapping[str, str]
