"""How much to measure, and where to report progress."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


def _nobody(_what: str) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """`full` also measures what takes minutes; `say` receives what is being measured."""

    full: bool = False
    say: Callable[[str], None] = _nobody
