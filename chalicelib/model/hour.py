"""Wall-clock hours in UTC, the grain of every partition and rollup."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from chalicelib.model import instant


@dataclass(frozen=True, slots=True, order=True)
class Hour:
    """One hour, by its start in epoch milliseconds."""

    start_ms: int

    @classmethod
    def of(cls, epoch_ms: int) -> Hour:
        """Return the hour that contains an instant.

        >>> Hour.of(1795255200123).window_start
        '2026-11-21T10:00:00Z'
        """
        return cls(epoch_ms - epoch_ms % instant.HOUR_MS)

    @classmethod
    def parse(cls, text: str) -> Hour:
        """Read an hour in any form that people and machines write.

        Raises:
            ValueError: not an hour, or not the start of one.

        >>> Hour.parse("2026-11-21T10") == Hour.parse("20261121T10Z")
        True
        >>> Hour.parse("2026-11-21T10") == Hour.parse("2026-11-21T10:00:00Z")
        True
        """
        digits = text.removesuffix("Z").replace("-", "").replace(":", "")
        day, separator, clock = digits.partition("T")
        if not (separator and len(day) == 8 and clock[:2].isdigit() and not clock[2:].strip("0.")):
            raise ValueError(text)
        return cls(instant.from_text(f"{day[:4]}-{day[4:6]}-{day[6:]}T{clock[:2]}:00:00.000Z"))

    @classmethod
    @lru_cache(maxsize=1024)
    def of_text(cls, text: str) -> Hour:
        """Return the hour of `YYYY-MM-DDTHH`, the first 13 characters of an instant."""
        return cls(instant.from_text(f"{text}:00:00.000Z"))

    @property
    def window_start(self) -> str:
        return f"{self.text}:00:00Z"

    @property
    def window_end(self) -> str:
        return self.plus(1).window_start

    @property
    def text(self) -> str:
        """`YYYY-MM-DDTHH`."""
        return instant.to_text(self.start_ms)[:13]

    @property
    def compact(self) -> str:
        """`YYYYMMDDTHHZ`, for names that allow no punctuation."""
        return self.text.replace("-", "") + "Z"

    @property
    def partition(self) -> str:
        """The Hive-style path of the hour.

        >>> Hour.parse("2026-02-03T04").partition
        'year=2026/month=02/day=03/hour=04'
        """
        text = self.text
        return f"year={text[:4]}/month={text[5:7]}/day={text[8:10]}/hour={text[11:13]}"

    def plus(self, hours: int) -> Hour:
        return Hour(self.start_ms + hours * instant.HOUR_MS)

    def until(self, end: Hour) -> list[Hour]:
        """List the hours from this one up to, and without, `end`."""
        return [Hour(ms) for ms in range(self.start_ms, end.start_ms, instant.HOUR_MS)]
