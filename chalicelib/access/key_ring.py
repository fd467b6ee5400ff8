"""The keys in use, as they were read from their store a short while ago."""

from __future__ import annotations

import hmac
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from chalicelib.access.ports import Keys, ListedKey
from chalicelib.errors import StoreUnavailable
from chalicelib.model.scope import Scope

# Between two attempts to read, so that neither an outage nor a stranger's keys multiply the reads.
PAUSE_S = 1.0


@dataclass(slots=True, kw_only=True)
class KeyRing:
    """Reads the keys again when they are older than `fresh_s`, or when a key is not among them.

    If they can't be read, the ones read last are used until they are `stale_s` old.
    `timer` is in seconds, and counts those in which the container is frozen.
    """

    keys: Keys
    timer: Callable[[], float]
    fresh_s: float
    stale_s: float
    _listed: Sequence[ListedKey] = ()
    _read_at: float = -math.inf
    _tried_at: float = -math.inf
    _error: str = ""

    def scope_of(self, digest: str) -> Scope | None:
        """Return a key's scope, or None if it is not in use.

        Raises:
            StoreUnavailable: the keys can't be read.
        """
        self._refresh(self.fresh_s)
        self._require(self.stale_s)
        scope = _scope_in(self._listed, digest)
        if scope is not None:
            return scope
        # It may have been created since.
        self._refresh(0)
        self._require(self.fresh_s)
        return _scope_in(self._listed, digest)

    def warm_up(self) -> None:
        """Read the keys; if that fails, the first request tries again."""
        self._refresh(self.fresh_s)

    def _refresh(self, fresh_s: float) -> None:
        now = self.timer()
        if _is_within(now - self._read_at, fresh_s) or _is_within(now - self._tried_at, PAUSE_S):
            return
        self._tried_at = now
        try:
            self._listed = self.keys.listed()
        except StoreUnavailable as error:
            self._error = str(error)
        else:
            self._read_at = now

    def _require(self, limit_s: float) -> None:
        # The pause counts, too: what was just read is good for at least as long.
        if not _is_within(self.timer() - self._read_at, max(limit_s, PAUSE_S)):
            raise StoreUnavailable(self._error)


def _is_within(age_s: float, limit_s: float) -> bool:
    # A clock that was set back makes an age negative; what has such an age is not trusted.
    return 0 <= age_s < limit_s


def _scope_in(keys: Iterable[ListedKey], digest: str) -> Scope | None:
    """Compare with every key, each in constant time, so that timing gives nothing away."""
    found = None
    for key in keys:
        if hmac.compare_digest(key.digest, digest):
            found = key.scope
    return found
