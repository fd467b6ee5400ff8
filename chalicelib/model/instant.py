"""Instants as the pipeline writes them: UTC, milliseconds, one fixed format that sorts as text."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

# A regular expression for the fixed format; it doesn't check whether the day exists.
PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z$"

MINUTE_MS = 60_000
HOUR_MS = 3_600_000
DAY_MS = 86_400_000


def millis(instant: datetime) -> int:
    """Return the epoch milliseconds of an aware instant, truncated.

    >>> millis(datetime(2026, 11, 21, 10, tzinfo=UTC))
    1795255200000
    """
    seconds = int(instant.replace(microsecond=0).timestamp())
    return seconds * 1000 + instant.microsecond // 1000


def to_text(epoch_ms: int) -> str:
    """Format epoch milliseconds.

    Raises:
        ValueError: outside the years 1 to 9999.

    >>> to_text(1795255200123)
    '2026-11-21T10:00:00.123Z'
    """
    seconds, rest = divmod(epoch_ms, 1000)
    return f"{_second_text(seconds)}.{rest:03d}Z"


# Events arrive in order of time, so nearly every call has the same second as the last.
@lru_cache(maxsize=4096)
def _second_text(seconds: int) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
    except (OverflowError, OSError) as error:
        raise ValueError(seconds) from error


def from_text(text: str) -> int:
    """Read the fixed format back.

    Raises:
        ValueError: no such instant, or not in the fixed format.

    >>> from_text("2026-11-21T10:00:00.123Z")
    1795255200123
    """
    return _second_millis(text[:19]) + int(text[20:23])


@lru_cache(maxsize=4096)
def _second_millis(text: str) -> int:
    return millis(datetime.strptime(text, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC))


def parse(value: str | int) -> int:
    """Read what a client may send: ISO 8601 with a zone, or epoch milliseconds.

    Raises:
        ValueError: neither of the two, or outside the years 1 to 9999.

    >>> parse("2026-11-21T11:00:00+01:00") == parse(1795255200000)
    True
    """
    if isinstance(value, int):
        to_text(value)
        return value
    try:
        instant = datetime.fromisoformat(value)
        # Python does not look at what follows a null character.
        if instant.tzinfo is None or "\0" in value:
            raise ValueError(value)
        return millis(instant.astimezone(UTC))
    except OverflowError as error:
        raise ValueError(value) from error
