"""Which answers are worth another attempt, and after how long."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime

AGAIN = frozenset({429, 500, 502, 503, 504})
MAX_ATTEMPTS = 8
FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 60.0


def is_worth_it(status: int | None) -> bool:
    """Say whether the same request may be answered otherwise later.

    >>> is_worth_it(429), is_worth_it(None), is_worth_it(403)
    (True, True, False)
    """
    return status is None or status in AGAIN


def pause_s(attempt: int, retry_after: str | None, now_ms: int, jitter: float) -> float | None:
    """Return the pause after so many attempts, or None when the wish is for too long a one.

    Never shorter than what `Retry-After` wishes; without a wish a random part (`jitter`, 0 to 1)
    of what doubles with each attempt, so that many clients don't come back at once.

    >>> pause_s(3, None, 0, jitter=0.5)
    0.2
    >>> pause_s(1, "2", 0, jitter=0.5)
    2.05
    """
    wished_s = _wished_s(retry_after, now_ms)
    if wished_s is None:
        return min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** (attempt - 1)) * jitter
    return None if wished_s > LONGEST_PAUSE_S else wished_s + FIRST_PAUSE_S * jitter


def _wished_s(retry_after: str | None, now_ms: int) -> float | None:
    """Read the header in both of its forms; what is neither is no wish."""
    text = (retry_after or "").strip()
    if text.isdecimal():
        return float(text)
    try:
        # HTTP knows no other zone.
        at_s = parsedate_to_datetime(text).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None
    return max(0.0, at_s - now_ms / 1000)
