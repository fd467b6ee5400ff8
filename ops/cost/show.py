"""A bill for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from rich.markup import escape
from rich.table import Table

from ops.cost.bill import Bill, Entry
from ops.cost.prices import Prices
from ops.cost.scenarios import Scenario, reason
from ops.kit.console import out

NOT_COUNTED = (
    "Not counted: free tiers, volume discounts, savings plans, taxes, support; cold starts,"
    " retries, data that leaves AWS otherwise than as the API's answers."
)


def show(bill: Bill, prices: Prices, scenario: Scenario | None) -> None:
    out.print(_entries(bill))
    per_million = (
        "" if bill.per_million is None else f", {money(bill.per_million)} a million events"
    )
    out.print(f"\n[bold]{money(bill.dollars)} a month[/]{per_million}")
    if scenario:
        out.print(f"\n[bold]Beside the design's own estimate[/], {escape(scenario.about)}")
        out.print(_beside(bill, scenario))
    out.print()
    for note in notes(bill, prices):
        out.print(f"[dim]{escape(note)}[/]")


def as_json(bill: Bill, prices: Prices, scenario: Scenario | None) -> dict[str, object]:
    answer: dict[str, object] = {
        "workload": asdict(bill.workload),
        "region": prices.region,
        "dollars": round(bill.dollars, 4),
        "dollars_per_million_events": bill.per_million,
        "services": {name: round(n, 4) for name, n in bill.dollars_by_service.items()},
        "lines": [_line(entry) for entry in bill.entries],
        "notes": list(notes(bill, prices)),
    }
    if scenario:
        answer["estimate"] = {**scenario.estimate, "total": scenario.estimated_total}
    return answer


def notes(bill: Bill, prices: Prices) -> Iterator[str]:
    first, last = prices.read or ("?", "?")
    yield f"List prices of {prices.region}, read from {first} to {last}; --json names each page."
    if prices.undated:
        yield f"Without a date: {', '.join(prices.undated)}."
    yield NOT_COUNTED
    load = bill.workload
    if load.shards is not None and load.shards < load.needed_shards:
        yield (
            f"Too few shards: a peak of {load.peak:g} times the mean takes {load.needed_shards},"
            f" and {load.shards} would throttle it."
        )
    if reduced := [entry.price.item for entry in bill.entries if entry.is_discounted]:
        yield f"Volume discounts would lower: {', '.join(reduced)}."


def money(dollars: float) -> str:
    """Write dollars, down to what can be seen.

    >>> money(1234.5), money(0.25), money(0.004), money(0)
    ('$1,234.50', '$0.25', '<$0.01', '$0.00')
    """
    return "<$0.01" if 0 < dollars < 0.005 else f"${dollars:,.2f}"


def _entries(bill: Bill) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("service", no_wrap=True)
    for name in ("quantity", "at", "a month"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("because", overflow="fold", style="dim")
    for service, entries in bill.services.items():
        dollars = bill.dollars_by_service[service]
        table.add_row(f"[bold]{service}[/]", "", "", f"[bold]{money(dollars)}[/]", "")
        for entry in entries:
            table.add_row(*_cells(entry))
    return table


def _cells(entry: Entry) -> tuple[str, str, str, str, str]:
    price = entry.price
    quantity = f"{entry.quantity:,.2f}" if entry.quantity < 100 else f"{entry.quantity:,.0f}"
    return (
        f"  {escape(price.item)}",
        f"{quantity} {escape(price.unit)}",
        f"${price.dollars:g}",
        money(entry.dollars),
        escape(entry.why),
    )


def _beside(bill: Bill, scenario: Scenario) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("service", no_wrap=True)
    table.add_column("here", justify="right", no_wrap=True)
    table.add_column("design", justify="right", no_wrap=True)
    table.add_column("why they differ", overflow="fold", style="dim")
    for service, dollars in bill.dollars_by_service.items():
        said = scenario.estimate.get(service)
        theirs = "–" if said is None else money(said)  # noqa: RUF001  a dash in a table
        table.add_row(service, money(dollars), theirs, escape(reason(scenario, service)))
    table.add_row("[bold]total[/]", money(bill.dollars), money(scenario.estimated_total), "")
    return table


def _line(entry: Entry) -> dict[str, object]:
    price = entry.price
    return {
        "service": price.service,
        "item": price.item,
        "quantity": entry.quantity,
        "unit": price.unit,
        "unit_dollars": price.dollars,
        "dollars": entry.dollars,
        "why": entry.why,
        "page": price.page,
        "read": price.read.isoformat() if price.read else None,
        "source": price.source,
    }
