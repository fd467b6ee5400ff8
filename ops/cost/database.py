"""Attribution: the database, its network, and the functions that fill it."""

from __future__ import annotations

from collections.abc import Iterator

from ops.cost import measured
from ops.cost.flow import Flow, Shards
from ops.cost.quantity import Quantity
from ops.cost.work import Work
from ops.cost.workload import GB, HOURS
from ops.stage.names import OWN_STREAMS

# By instance class: the key of its price.
CLASSES = {"db.t4g.micro": "rds_micro_hours", "db.t3.micro": "rds_t3_micro_hours"}
# An endpoint has an interface in each.
ZONES = 2


def lines(flow: Flow) -> Iterator[Quantity]:
    """Return what the database and the ways out of its network cost, used or not.

    Raises:
        ValueError: the instance class has no price here.
    """
    made = flow.deployment
    own = int(made.attribution)
    if made.database_class not in CLASSES:
        raise ValueError(
            f"{made.database_class} has no price here; {' and '.join(CLASSES)} have one"
        )
    for name, key in CLASSES.items():
        hours = own * HOURS * made.database_copies * (name == made.database_class)
        yield Quantity(key, hours, f"a {name}, {made.database_copies} of them, {HOURS} hours")
    stored = own * made.database_storage_gb * GB * made.database_copies
    why = f"{made.database_storage_gb} GB, {made.database_copies} times"
    yield Quantity("rds_storage", stored, why)
    yield Quantity("secrets", own, "the password of the database's owner, which RDS keeps")
    yield Quantity("nat_hours", own * HOURS * made.nat_gateways, f"{made.nat_gateways} gateways")
    addresses = "each NAT gateway has an address"
    yield Quantity("public_address_hours", own * HOURS * made.nat_gateways, addresses)
    why = f"{made.interface_endpoints} endpoints in {ZONES} zones, {HOURS} hours"
    yield Quantity("endpoint_hours", own * HOURS * ZONES * made.interface_endpoints, why)


def work(flow: Flow) -> Work:
    """Return what the writing functions do; nobody is assumed to ask for attribution."""
    read = streams_read(flow)
    events = sum(one.stream.events for one in read)
    batches = sum(one.batches for one in read)
    waiting = batches * measured.ATTRIBUTE_BATCH_MS + events * measured.ATTRIBUTE_EVENT_MS
    own = events * (
        measured.ATTRIBUTE_EVENT_CPU_MS + flow.workload.event_bytes * measured.PROCESS_BYTE_MS
    )
    return Work("attribute", batches, waiting, own, flow.deployment.memory_mb["attribute_clicks"])


def streams_read(flow: Flow) -> list[Shards]:
    """Return the streams that attribution reads after process; none while it is off."""
    return [
        one
        for one in flow.streams
        if flow.deployment.attribution and one.stream.name in OWN_STREAMS
    ]
