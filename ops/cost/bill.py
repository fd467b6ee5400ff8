"""A month's bill: lines with their prices, by service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ops.cost.deployed import Deployment
from ops.cost.line import Line
from ops.cost.model import quantities
from ops.cost.prices import Price, Prices
from ops.cost.workload import Workload


@dataclass(frozen=True, slots=True)
class Entry:
    """`quantity` is in the price's own units."""

    price: Price
    quantity: float
    why: str

    @property
    def dollars(self) -> float:
        return self.quantity * self.price.dollars

    @property
    def is_discounted(self) -> bool:
        """Say whether so much would cost less than the list price of the first tier."""
        return self.quantity > self.price.up_to


@dataclass(frozen=True, slots=True)
class Bill:
    workload: Workload
    entries: Sequence[Entry]

    @property
    def dollars(self) -> float:
        return sum(entry.dollars for entry in self.entries)

    @property
    def per_million(self) -> float | None:
        """Dollars a million events, if there are any."""
        events = self.workload.events
        return self.dollars / events * 1e6 if events else None

    @property
    def services(self) -> dict[str, list[Entry]]:
        """The entries that cost anything, by service, in the order in which data flows."""
        found: dict[str, list[Entry]] = {}
        for entry in self.entries:
            if entry.quantity:
                found.setdefault(entry.price.service, []).append(entry)
        return found

    @property
    def dollars_by_service(self) -> dict[str, float]:
        return {name: sum(e.dollars for e in entries) for name, entries in self.services.items()}


def bill(workload: Workload, deployment: Deployment, prices: Prices) -> Bill:
    """Price a month.

    Raises:
        ValueError: the table has no price for something that is billed.
    """
    lines = quantities(workload, deployment)
    if missing := sorted({line.key for line in lines} - prices.by_key.keys()):
        raise ValueError(f"it has no price for {', '.join(missing)}")
    return Bill(workload, [_entry(line, prices.by_key[line.key]) for line in lines])


def _entry(line: Line, price: Price) -> Entry:
    return Entry(price, line.quantity / price.units, line.why)
