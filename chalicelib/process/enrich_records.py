"""Mark events with the variants of their users, by definitions that are kept for a while.

A version takes effect `EFFECTIVE_AFTER_MS` after it was stored, and counts for the records that
arrive from then on. Definitions are read again sooner than that, so whichever attempt meets a
record, and whenever, it marks it by the same version: an attempt that does not know which one
that is says so in the event.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib.errors import StoreUnavailable
from chalicelib.model.experiment import Experiment
from chalicelib.model.marks import Enrich, Marked
from chalicelib.ports import Clock
from chalicelib.process.known import Known, interval, running_at
from chalicelib.process.plan import Plan
from chalicelib.process.ports import ExperimentReader

# Between two attempts to read, so that an outage does not slow every batch down.
PAUSE_MS = 10_000
# Of records that arrived around a few changes; each holds the users that it has met.
MAX_PLANS = 4


@dataclass(slots=True, kw_only=True)
class EnrichRecords:
    """Keeps all definitions and, of those that changed, the earlier versions that it needed."""

    experiments: ExperimentReader
    clock: Clock
    fresh_ms: int
    _known: Known | None = None
    _tried_ms: float = -math.inf
    _versions: dict[str, Sequence[Experiment]] = field(default_factory=dict)
    _plans: list[Plan] = field(default_factory=list)

    def __call__(self, records: Sequence[Mapping[str, Any]]) -> Enrich | None:
        """Return what marks the records of a batch, or None if there is nothing to mark."""
        now_ms = self.clock()
        self._refresh(now_ms)
        return None if self._is_quiet(records, now_ms) else self._enrich()

    def _refresh(self, now_ms: int) -> None:
        read_ms = -math.inf if self._known is None else self._known.read_ms
        if now_ms - read_ms < self.fresh_ms or now_ms - self._tried_ms < PAUSE_MS:
            return
        try:
            current = self.experiments.current()
        except StoreUnavailable:
            self._tried_ms = now_ms
            return
        if self._known is None or self._known.current != current:
            self._plans.clear()
        self._known = Known(now_ms, current)

    def _is_quiet(self, records: Sequence[Mapping[str, Any]], now_ms: int) -> bool:
        known = self._known
        if known is None or known.quiet_since_ms == math.inf:
            return False
        if known.quiet_since_ms == -math.inf and now_ms - known.read_ms <= self.fresh_ms:
            return True
        arrivals = [one["kinesis"]["approximateArrivalTimestamp"] * 1000 for one in records]
        return bool(min(arrivals) >= known.quiet_since_ms and max(arrivals) < known.until_ms)

    def _enrich(self) -> Enrich:
        first_ms, end_ms, marks = math.inf, -math.inf, Plan.unknown(0, 0).marks

        def enrich(event_type: str, user_id: str, arrived_ms: int) -> Marked | None:
            nonlocal first_ms, end_ms, marks
            if not first_ms <= arrived_ms < end_ms:
                plan = self._plan_at(arrived_ms)
                first_ms, end_ms, marks = plan.first_ms, plan.end_ms, plan.marks
            return marks(event_type, user_id)

        return enrich

    def _plan_at(self, at_ms: int) -> Plan:
        """Return the plan for records that arrive at this time."""
        known = self._known
        if known is None:
            return Plan.unknown(-math.inf, math.inf)
        if at_ms >= known.until_ms:
            return Plan.unknown(known.until_ms, math.inf)
        kept = next((one for one in self._plans if one.first_ms <= at_ms < one.end_ms), None)
        if kept is None:
            plan = self._made(known, at_ms)
            if plan is None:
                return Plan.unknown(*interval(at_ms, known.current))
            kept = plan
            self._plans[:] = [plan, *self._plans[: MAX_PLANS - 1]]
        # The plan itself outlasts the definitions that it was made of.
        return replace(kept, end_ms=min(kept.end_ms, known.until_ms))

    def _made(self, known: Known, at_ms: int) -> Plan | None:
        """Make the plan for this time; None if an earlier version can't be read."""
        versions: dict[str, Sequence[Experiment]] = {
            one.experiment_id: [one] for one in known.current
        }
        for one in known.earlier_than(at_ms):
            earlier = self._all_versions(one)
            if earlier is None:
                return None
            versions[one.experiment_id] = earlier
        every = [one for some in versions.values() for one in some]
        return Plan.of(*interval(at_ms, every), running_at(at_ms, versions))

    def _all_versions(self, current: Experiment) -> Sequence[Experiment] | None:
        kept = self._versions.get(current.experiment_id, ())
        if kept and kept[-1].version >= current.version:
            return kept
        now_ms = self.clock()
        if now_ms - self._tried_ms < PAUSE_MS:
            return None
        try:
            versions = self.experiments.versions(current.experiment_id)
        except StoreUnavailable:
            self._tried_ms = now_ms
            return None
        self._versions[current.experiment_id] = versions
        return versions
