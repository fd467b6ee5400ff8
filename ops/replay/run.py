"""Replay every object of a period, with progress, and show what was sent."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from botocore.config import Config

from chalicelib.aws.streams import KinesisStreamWriter
from chalicelib.delivery.deliver import Deliver
from chalicelib.errors import StoreUnavailable
from chalicelib.model.period import Period
from chalicelib.replay import Counts, ReplayObject
from chalicelib.replay.replay_object import Fix
from ops.kit.console import bars, out, table
from ops.kit.errors import OperationFailed
from ops.reach import Reached
from ops.replay.source import Source

# One call's own limit, and how long records that a shard has no room for are tried.
CALL_LIMIT_S = 10.0
BUDGET_S = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayRequest:
    period: Period
    source: Callable[[Reached], Source]
    fix: Fix
    codes: frozenset[str] = field(default_factory=frozenset)
    again: bool = False
    dry_run: bool = False


def run(stage: Reached, request: ReplayRequest) -> bool:
    """Return whether every record was valid.

    Raises:
        OperationFailed: the bucket or a stream is unavailable; what was sent is noted.
    """
    source, counts = request.source(stage), Counts()
    replay_object = ReplayObject(
        store=source.objects,
        read=source.read,
        deliver=_deliver(stage),
        streams_by_type={one: stage.names.stream(f"{one}s") for one in ("click", "checkout")},
        default_stream=stage.names.stream("events"),
        codes=request.codes,
        fix=request.fix,
        again=request.again,
        dry_run=request.dry_run,
    )
    try:
        with bars() as progress:
            for key in progress.track(source.keys(request.period), description="objects read"):
                replay_object(key, counts)
    except StoreUnavailable as error:
        raise OperationFailed(
            f"The replay stopped: {error}.",
            "Run the same command again: it continues with the records that were not stored.",
        ) from error
    finally:
        _show(counts, dry_run=request.dry_run)
    return not counts.invalid


def _deliver(stage: Reached) -> Deliver:
    # The delivery retries: botocore would put a call again whole.
    once = {"mode": "standard", "total_max_attempts": 1}
    config = Config(retries=once, read_timeout=CALL_LIMIT_S)  # type: ignore[arg-type]
    return Deliver(
        streams=KinesisStreamWriter(stage.session.client("kinesis", config=config)),
        timer=time.monotonic,
        sleep=time.sleep,
        jitter=random.random,
        budget_s=BUDGET_S,
        call_limit_s=CALL_LIMIT_S,
    )


def _show(counts: Counts, *, dry_run: bool) -> None:
    if not counts.found:
        out.print("There is nothing to replay in this range.")
        return
    sent = "would be sent" if dry_run else "sent"
    numbers = ("records", "already replayed", sent)
    shown = table("code", *numbers, numbers=numbers)
    for code, n_found in sorted(counts.found.items()):
        n_sent = counts.valid[code] if dry_run else counts.sent[code]
        shown.add_row(code, f"{n_found:,}", f"{counts.earlier[code]:,}", f"{n_sent:,}")
    out.print(shown)
    for code, count in sorted(counts.invalid.items()):
        line = f"{count:,} still invalid: {code}, for example: {counts.reasons[code]}"
        out.print(line, markup=False, soft_wrap=True)
