"""Which answers to retry, and after how long."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime

AGAIN = frozenset({429, 500, 502, 503, 504})
MAX_ATTEMPTS = 8
FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 60.0


def is_worth_it(status: int | None) -> bool:
    """Return whether the same request may succeed later.

    >>> is_worth_it(429), is_worth_it(None), is_worth_it(403)
    (True, True, False)
    """
    return status is None or status in AGAIN


def pause_s(attempt: int, retry_after: str | None, now_ms: int, jitter: float) -> float | None:
    """Return the pause after so many attempts, or None when the server asks for too long a one.

    Never shorter than `Retry-After`; without that header, a random part (`jitter`, 0 to 1) of a
    time that doubles with each attempt, so that clients don't all return at once.

    >>> pause_s(3, None, 0, jitter=0.5)
    0.2
    >>> pause_s(1, "2", 0, jitter=0.5)
    2.05
    """
    asked_s = _asked_s(retry_after, now_ms)
    if asked_s is None:
        return min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** (attempt - 1)) * jitter
    return None if asked_s > LONGEST_PAUSE_S else asked_s + FIRST_PAUSE_S * jitter


def _asked_s(retry_after: str | None, now_ms: int) -> float | None:
    """Read the header in both of its forms; ignore it in any other."""
    text = (retry_after or "").strip()
    if text.isdecimal():
        return float(text)
    try:
        # HTTP knows no other zone.
        at_s = parsedate_to_datetime(text).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None
    return max(0.0, at_s - now_ms / 1000)
