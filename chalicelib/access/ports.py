"""What admission asks of the outside world."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from chalicelib.model.scope import Scope


@dataclass(frozen=True, slots=True)
class ListedKey:
    """A key that is in use; `digest` is what `chalicelib.access.digest` makes of its value."""

    digest: str
    scope: Scope


class Keys(Protocol):
    def listed(self) -> Sequence[ListedKey]:
        """Return every key that is not retired.

        Raises:
            StoreUnavailable: they can't be read now.
        """
        ...
