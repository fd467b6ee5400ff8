"""Events that clients send, of many types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

# 2026-11-20T12:30:00Z
NOW_MS = 1_795_177_800_000


def client_event(event_type: str = "page_view", /, **changes: object) -> dict[str, object]:
    """A valid event; a change to `...` removes the field."""
    event: dict[str, object] = {
        "event_type": event_type,
        "source": "web",
        "user_id": "usr_1",
        "properties": {"page": "/"},
    }
    return {name: value for name, value in (event | changes).items() if value is not ...}


def with_properties(event_type: str, /, **properties: object) -> dict[str, object]:
    return client_event(event_type, user_id=f"usr_{event_type}", properties=properties)


ACCEPTED: Sequence[Mapping[str, object]] = [
    client_event(),
    client_event(session_id="ses_1", timestamp=NOW_MS, user_id="Zoë 日本 😀"),
    client_event(timestamp="2026-11-20T11:59:59.999Z", event_id="last-of-the-hour-before"),
    client_event(timestamp="2026-11-19T06:30:00Z", event_id="thirty-hours-late"),
    client_event("coupon_applied", properties=...),
    with_properties(
        "coupon_applied", amount=5, value="ten", latency_ms="slow", error="yes", duration_ms=7
    ),
    with_properties("numbers", big=2**53 + 1, huge=1e22, tiny=5e-324, zero=-0.0, tenth=0.1),
    with_properties("click", page="/a", element="#buy", click_id="c-1", campaign="autumn"),
    with_properties("click", latency_ms=12.5, error=True),
    client_event(
        "click", event_id="clk-1", timestamp="2026-11-20T13:05:10.250+01:00", session_id="ses_2"
    ),
    with_properties("checkout", checkout_id="ch-1", amount=99.99, currency="EUR"),
    with_properties("checkout", checkout_id="ch-2"),
    with_properties("checkout", amount=9.999999, currency="EUR", duration_ms=5_000),
    with_properties("purchase", amount=1250.5, currency="USD", items=[{"sku": "A", "n": 2}]),
    with_properties("purchase", amount=12_000, currency="JPY", latency_ms=0),
    with_properties("purchase", amount=1_000_000_000, currency="KWD"),
    with_properties("transaction", amount=-20.1, currency="GBP"),
    with_properties("transaction", amount=0.1 + 0.2, currency="EUR"),
    with_properties("transaction", amount=1_000, currency="XXX"),
    with_properties("metric", name="cpu", value=-3.5),
    with_properties("metric", name="cpu", value=100),
    with_properties("metric", name="cpu", value=100.00000001, latency_ms=0.05),
    with_properties("system_event", severity="critical"),
    with_properties("system_event", severity="info", duration_ms=333.25),
    with_properties("user_action", action="search", session_duration=59.9),
    with_properties("user_action", action="search", session_duration=600),
    with_properties("error", message="it broke", status_code=404),
    with_properties("exposure", experiment_id="prices", variant="b"),
    with_properties("conversion", experiment_id="prices", metric="sale", value=1.5),
]


def busy_minute() -> list[dict[str, object]]:
    """Page views that are unusually many, slow and faulty: an anomaly of each metric."""
    return [
        client_event(
            event_id=f"view-{number}",
            timestamp=NOW_MS - 300_000 + 1_000 * number,
            user_id=f"usr_{number % 7}",
            properties={
                "page": f"/products/{number}",
                "duration_ms": 900 + 10 * number,
                "status_code": 503 if number % 3 == 0 else 200,
            },
        )
        for number in range(24)
    ]


BY_TYPE = {
    "click": client_event("click", user_id="usr_8"),
    "checkout": client_event("checkout", user_id="usr_8"),
    "page_view": client_event(user_id="usr_8"),
}
REPEATED = client_event(event_id="mine", timestamp=NOW_MS, user_id="usr_9")
MIXED = [
    *BY_TYPE.values(),
    REPEATED,
    client_event(user_id=7, colour="red", source=""),
    REPEATED,
    {**REPEATED, "user_id": "usr_10"},
    [],
]
