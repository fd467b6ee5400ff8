"""List prices of one region: a TOML file, so that another region is another file."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

US_EAST_1 = Path(__file__).with_name("us-east-1.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """`dollars` pay for `units`, called `unit`; a discount starts above `up_to` of them.

    `free` of them are given to every account each month, as `free_read` had it.
    """

    service: str
    item: str
    unit: str
    units: float
    dollars: float
    page: str
    source: str
    read: date | None = None
    up_to: float = math.inf
    free: float = 0
    free_read: date | None = None

    def __post_init__(self) -> None:
        if not (_is_positive(self.units) and _is_positive(self.dollars)):
            raise ValueError("units and dollars must be positive numbers")
        if self.free and not (_is_positive(self.free) and self.free_read):
            raise ValueError("free must be a positive number, and have a free_read")
        if any(day is not None and type(day) is not date for day in (self.read, self.free_read)):
            raise ValueError("read and free_read must be dates")


@dataclass(frozen=True, slots=True)
class Prices:
    region: str
    by_key: Mapping[str, Price]

    @property
    def read(self) -> tuple[date, date] | None:
        """The first and the last day on which a price was read."""
        days = sorted(price.read for price in self.by_key.values() if price.read)
        return (days[0], days[-1]) if days else None

    @property
    def free_read(self) -> date | None:
        """The first day on which a free quantity was read."""
        return min((one.free_read for one in self.by_key.values() if one.free_read), default=None)

    @property
    def undated(self) -> list[str]:
        return [price.item for price in self.by_key.values() if price.read is None]


def read(path: Path = US_EAST_1) -> Prices:
    """Read a table of prices.

    Raises:
        ValueError: says what is wrong with the table.
        OSError: there is no such file.
    """
    table = tomllib.loads(path.read_text())
    region = table.pop("region", None)
    if not isinstance(region, str):
        raise ValueError("the region is missing")  # noqa: TRY004  the table's fault
    return Prices(region, {key: _price(key, entry) for key, entry in table.items()})


def _price(key: str, entry: object) -> Price:
    if not isinstance(entry, dict):
        raise ValueError(f"{key} must be a TOML table")  # noqa: TRY004  the table's fault
    optional = {"read", "up_to", "free", "free_read"}
    known = {field.name for field in fields(Price)}
    if wrong := (entry.keys() - known) | (known - optional - entry.keys()):
        raise ValueError(f"[{key}] has missing or unknown settings: {', '.join(sorted(wrong))}")
    try:
        return Price(**entry)
    except (TypeError, ValueError) as error:
        raise ValueError(f"[{key}]: {error}") from error


def _is_positive(number: object) -> bool:
    return isinstance(number, int | float) and math.isfinite(number) and number > 0
