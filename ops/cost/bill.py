"""A month's bill: lines with their prices, by service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ops.cost.deployed import Deployment
from ops.cost.model import quantities
from ops.cost.prices import Price, Prices
from ops.cost.quantity import Quantity
from ops.cost.workload import Workload


@dataclass(frozen=True, slots=True)
class Entry:
    """`quantity` and the part of it that is `free` are in the price's own units."""

    price: Price
    quantity: float
    why: str
    free: float = 0

    @property
    def dollars(self) -> float:
        return (self.quantity - self.free) * self.price.dollars

    @property
    def is_discounted(self) -> bool:
        """Whether the quantity exceeds the first tier, so that a volume discount applies."""
        return self.quantity > self.price.up_to


@dataclass(frozen=True, slots=True)
class Bill:
    workload: Workload
    entries: Sequence[Entry]

    @property
    def saved(self) -> float:
        """The dollars that free quantities save."""
        return sum(entry.free * entry.price.dollars for entry in self.entries)

    @property
    def dollars(self) -> float:
        return sum(entry.dollars for entry in self.entries)

    @property
    def per_million(self) -> float | None:
        """Dollars per million events; None without events."""
        events = self.workload.events
        return self.dollars / events * 1e6 if events else None

    @property
    def services(self) -> dict[str, list[Entry]]:
        """Entries with a cost, by service, in the order in which data flows."""
        found: dict[str, list[Entry]] = {}
        for entry in self.entries:
            if entry.quantity:
                found.setdefault(entry.price.service, []).append(entry)
        return found

    @property
    def dollars_by_service(self) -> dict[str, float]:
        return {name: sum(e.dollars for e in entries) for name, entries in self.services.items()}


def bill(
    workload: Workload, deployment: Deployment, prices: Prices, *, free_tier: bool = False
) -> Bill:
    """Price a month, less what is always free if `free_tier`.

    Raises:
        ValueError: the table lacks a price.
    """
    found = quantities(workload, deployment)
    if missing := sorted({one.key for one in found} - prices.by_key.keys()):
        raise ValueError(f"the table of prices has no price for {', '.join(missing)}")
    entries = (_entry(one, prices.by_key[one.key], free_tier=free_tier) for one in found)
    return Bill(workload, list(entries))


def _entry(quantity: Quantity, price: Price, *, free_tier: bool) -> Entry:
    amount = quantity.amount / price.units
    return Entry(price, amount, quantity.why, min(amount, price.free) if free_tier else 0)
