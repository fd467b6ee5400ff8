"""What visitors and servers do: sequences of events, each a function of chance alone."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Iterator

PAGES = ("/", "/search", "/products/chair", "/products/lamp", "/products/table", "/cart")
CAMPAIGNS = ("spring_sale", "newsletter", "brand_search", None)
CURRENCIES = ("EUR", "EUR", "EUR", "USD", "GBP")
SESSION_TYPES = (
    *("exposure", "page_view", "click", "user_action"),
    *("checkout", "transaction", "purchase", "conversion"),
)
SERVER_TYPES = ("metric", "cache_refreshed", "system_event", "error")

type Event = dict[str, object]
type EventMaker = Callable[[str, Event], Event]


def session(begin_ms: int, chance: random.Random, serial: int) -> Iterator[Event]:
    """A visitor browses, perhaps clicks, perhaps buys."""
    user = f"usr_{int(chance.expovariate(1 / 400)):04d}"
    session = f"ses_{serial:07d}"
    now_ms, step = begin_ms, 0

    def event(event_type: str, properties: Event) -> Event:
        nonlocal now_ms, step
        step += 1
        now_ms += chance.randrange(200, 40_000)
        return {
            "event_id": f"{session}_{step}",
            "event_type": event_type,
            "source": chance.choice(("web", "web", "ios", "android")),
            "user_id": user,
            "session_id": session,
            "timestamp": now_ms,
            "properties": properties,
        }

    variant = "green_button" if zlib.crc32(user.encode()) % 2 else "control"
    yield event("exposure", {"experiment_id": "buy_button", "variant": variant})
    for _ in range(chance.randrange(1, 7)):
        page = chance.choice(PAGES)
        status = 503 if chance.random() < 0.01 else 200
        view = {"page": page, "duration_ms": _latency(chance), "status_code": status}
        yield event("page_view", view)
        if chance.random() < 0.5:
            campaign = chance.choice(CAMPAIGNS)
            click: Event = {"page": page, "element": "buy", "click_id": f"{session}_c{step}"}
            yield event("click", click | ({"campaign": campaign} if campaign else {}))
    action = chance.choice(("scroll", "search", "share"))
    yield event("user_action", {"action": action, "session_duration": (now_ms - begin_ms) / 1000})
    if chance.random() < 0.25:
        yield from _purchase(event, session, chance)


def _purchase(event: EventMaker, session: str, chance: random.Random) -> Iterator[Event]:
    price: Event = {
        "amount": round(chance.lognormvariate(3.5, 1.3), 2),
        "currency": chance.choice(CURRENCIES),
    }
    yield event("checkout", {"checkout_id": f"{session}_o"} | price)
    if chance.random() < 0.7:
        yield event("transaction", price | {"latency_ms": _latency(chance)})
        yield event("purchase", price | {"order_id": f"{session}_o"})
        yield event("conversion", {"experiment_id": "buy_button", "value": price["amount"]})


def server(begin_ms: int, chance: random.Random, serial: int) -> Iterator[Event]:
    """A server reports metrics, and now and then an error."""
    host = f"host_{chance.randrange(8)}"

    def event(event_type: str, properties: Event) -> Event:
        return {
            "event_type": event_type,
            "source": "server",
            "user_id": host,
            "event_id": f"{host}_{serial}_{event_type}",
            "timestamp": begin_ms,
            "properties": properties,
        }

    yield event("metric", {"name": "cpu", "value": round(chance.gauss(45, 30), 3)})
    yield event("cache_refreshed", {"duration_ms": _latency(chance), "keys": chance.randrange(99)})
    if chance.random() < 0.15:
        severity = chance.choice(("info", "warning", "error", "critical"))
        yield event("system_event", {"severity": severity, "component": "billing"})
    if chance.random() < 0.05:
        yield event("error", {"message": "upstream timed out", "status_code": 504})


def _latency(chance: random.Random) -> float:
    return round(chance.lognormvariate(5.0, 0.7), 3)
