"""A quote as tables and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from rich.markup import escape
from rich.table import Table

from ops.cost.alternatives import Comparison
from ops.cost.bill import Bill, Entry
from ops.cost.quote import Quote
from ops.cost.scenarios import Scenario, reason
from ops.kit.console import out, table

NOT_COUNTED = (
    "Not included: volume discounts, savings plans, taxes, support; cold starts, retries, data"
    " transfer other than the API's answers."
)


def show(quote: Quote) -> None:
    bill, scenario = quote.bill, quote.scenario
    out.print(_entries(bill))
    per_million = (
        "" if bill.per_million is None else f", {money(bill.per_million)} per million events"
    )
    out.print(f"\n[bold]{money(bill.dollars)} per month[/]{per_million}")
    if scenario:
        out.print(f"\n[bold]Compared with the design's estimate[/]: {escape(scenario.about)}")
        out.print(_compared(bill, scenario))
    out.print()
    if quote.comparisons:
        out.print("[bold]The same workload elsewhere[/], per month")
        out.print(_elsewhere(quote.comparisons))
        out.print()
    for note in notes(quote):
        out.print(f"[dim]{escape(note)}[/]")


def as_json(quote: Quote) -> dict[str, object]:
    bill, prices, scenario = quote.bill, quote.prices, quote.scenario
    answer: dict[str, object] = {
        "workload": asdict(bill.workload),
        "region": prices.region,
        "dollars": round(bill.dollars, 4),
        "dollars_per_million_events": bill.per_million,
        "services": {name: round(n, 4) for name, n in bill.dollars_by_service.items()},
        "lines": [_line(entry) for entry in bill.entries],
        "notes": list(notes(quote)),
    }
    if quote.free_tier:
        answer["free_tier_dollars"] = round(bill.saved, 4)
    if quote.comparisons:
        answer["alternatives"] = [_comparison(one) for one in quote.comparisons]
    if scenario:
        answer["estimate"] = {**scenario.estimate, "total": scenario.estimated_total}
    return answer


def notes(quote: Quote) -> Iterator[str]:
    bill, prices = quote.bill, quote.prices
    first, last = prices.read or ("?", "?")
    yield f"List prices of {prices.region}, read from {first} to {last}; --json has each source."
    if prices.undated:
        yield f"Without a date: {', '.join(prices.undated)}."
    yield _free_tier(quote)
    yield NOT_COUNTED
    load = bill.workload
    if load.shards is not None and load.shards < load.needed_shards:
        yield (
            f"Too few shards: a peak of {load.peak:g} times the mean needs {load.needed_shards};"
            f" {load.shards} would throttle it."
        )
    if reduced := [entry.price.item for entry in bill.entries if entry.is_discounted]:
        yield f"Volume discounts would lower: {', '.join(reduced)}."


def _free_tier(quote: Quote) -> str:
    if not quote.free_tier:
        return "Without what is always free; --free-tier takes it off."
    prices = [entry.price for entry in quote.bill.entries if entry.free]
    free = [f"{one.service} {one.item} ({one.free:g} {one.unit})" for one in prices]
    return (
        f"Always free, for all stages of an account together, as of {quote.prices.free_read}:"
        f" {', '.join(free) or 'nothing that this workload uses'};"
        f" it saves {money(quote.bill.saved)}."
    )


def money(dollars: float) -> str:
    """Write dollars with cents.

    >>> money(1234.5), money(0.25), money(0.004), money(0)
    ('$1,234.50', '$0.25', '<$0.01', '$0.00')
    """
    return "<$0.01" if 0 < dollars < 0.005 else f"${dollars:,.2f}"


def _entries(bill: Bill) -> Table:
    numbers = ("quantity", "unit price", "per month")
    shown = table("service", *numbers, "explanation", numbers=numbers, folded=("explanation",))
    for service, entries in bill.services.items():
        dollars = bill.dollars_by_service[service]
        shown.add_row(f"[bold]{service}[/]", "", "", f"[bold]{money(dollars)}[/]", "")
        for entry in entries:
            shown.add_row(*_cells(entry))
    return shown


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


def _compared(bill: Bill, scenario: Scenario) -> Table:
    numbers = ("this estimate", "design")
    shown = table(
        "service", *numbers, "why they differ", numbers=numbers, folded=("why they differ",)
    )
    for service, dollars in bill.dollars_by_service.items():
        said = scenario.estimate.get(service)
        theirs = "–" if said is None else money(said)  # noqa: RUF001  a dash in a table
        shown.add_row(service, money(dollars), theirs, escape(reason(scenario, service)))
    shown.add_row("[bold]total[/]", money(bill.dollars), money(scenario.estimated_total), "")
    return shown


def _elsewhere(comparisons: Sequence[Comparison]) -> Table:
    numbers = ("theirs", "ours", "ours, free tier")
    shown = table(
        "system", *numbers, "workload and source", numbers=numbers, folded=("workload and source",)
    )
    for one in comparisons:
        other = one.alternative
        about = escape(f"{other.about} ({other.source})")
        shown.add_row(
            other.name, money(other.dollars), money(one.ours), money(one.ours_free_tier), about
        )
    return shown


def _comparison(one: Comparison) -> dict[str, object]:
    other = one.alternative
    return {
        "name": other.name,
        "about": other.about,
        "source": other.source,
        "their_dollars": other.dollars,
        "our_dollars": round(one.ours, 2),
        "our_dollars_free_tier": round(one.ours_free_tier, 2),
    }


def _line(entry: Entry) -> dict[str, object]:
    price = entry.price
    return {
        "service": price.service,
        "item": price.item,
        "quantity": entry.quantity,
        "free": entry.free,
        "unit": price.unit,
        "unit_dollars": price.dollars,
        "dollars": entry.dollars,
        "why": entry.why,
        "page": price.page,
        "read": price.read.isoformat() if price.read else None,
        "source": price.source,
    }
