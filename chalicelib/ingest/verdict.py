"""What is to become of each event of a batch, and what is said of it afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from chalicelib.delivery.outgoing import Outgoing
from chalicelib.ingest.answer import UNSTORED, errors_of
from chalicelib.model.code import Problem
from chalicelib.model.event import Rejected


class Refusal(NamedTuple):
    problems: Sequence[Problem]


class Repeat(NamedTuple):
    """The same user's event of the same id stands earlier in the batch: it goes for both."""

    event_id: str
    first: int


type Verdict = Outgoing | Repeat | Refusal


def judge(values: Iterable[object], take: Callable[[object], Outgoing]) -> list[Verdict]:
    """Judge the events of a batch, each by itself but for repeats."""
    verdicts: list[Verdict] = []
    first_by_key: dict[tuple[str, str], int] = {}
    for index, value in enumerate(values):
        verdict: Verdict = _verdict(value, take)
        if isinstance(verdict, Outgoing):
            key = (verdict.record.partition_key, verdict.event_id)
            first = first_by_key.setdefault(key, index)
            verdict = verdict if first == index else Repeat(verdict.event_id, first)
        verdicts.append(verdict)
    return verdicts


def _verdict(value: object, take: Callable[[object], Outgoing]) -> Outgoing | Refusal:
    try:
        return take(value)
    except Rejected as rejected:
        return Refusal(rejected.problems)


def results_of(verdicts: Sequence[Verdict], failed: Collection[int]) -> list[dict[str, object]]:
    """Say of each event what became of it, given the indexes that could not be stored."""
    return [
        {"index": index} | _result(verdict, index, failed)
        for index, verdict in enumerate(verdicts)
    ]


def _result(verdict: Verdict, index: int, failed: Collection[int]) -> dict[str, object]:
    match verdict:
        case Refusal(problems):
            return {"status": "refused", "errors": errors_of(problems, index)}
        case Repeat(event_id, first):
            return {"status": "duplicate", "event_id": event_id, "duplicate_of": first}
        case Outgoing(event_id=event_id, timestamp=timestamp):
            identity = {"event_id": event_id, "timestamp": timestamp}
            if index not in failed:
                return {"status": "accepted", **identity}
            errors = errors_of([UNSTORED], index)
            return {"status": "failed", **identity, "errors": errors, "retryable": True}


def status_of(counts: Mapping[object, int]) -> int:
    """Return the HTTP status for so many accepted, refused and failed events.

    A repeat shares the fate of its first, so it weighs on neither side.

    >>> status_of({"accepted": 2}), status_of({"accepted": 1, "failed": 1})
    (200, 207)
    >>> status_of({"refused": 2}), status_of({"refused": 1, "failed": 1})
    (400, 503)
    """
    if counts.get("accepted"):
        return 207 if counts.get("refused") or counts.get("failed") else 200
    return 503 if counts.get("failed") else 400


def counts_of(results: Iterable[Mapping[str, object]]) -> Counter[object]:
    return Counter(result["status"] for result in results)
