"""What the users of a cohort did, for one metric: after their exposure, and before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from chalicelib.experiments.distinct_users import DistinctUsers
from chalicelib.experiments.merge_exposures import Cohort
from chalicelib.experiments.observations import Arm
from chalicelib.lake.partial_files import KindRows
from chalicelib.model.experiment import Metric, MetricKind
from chalicelib.model.facts import MICRO
from chalicelib.model.instant import HOUR_MS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Counts = NDArray[np.int32]
    type Flags = NDArray[np.bool_]
    type Floats = NDArray[np.float64]
    type Integers = NDArray[np.int64]
    type Positions = NDArray[np.intp]

_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """Rows of one kind and hour, with the place of each row's user in the cohort.

    Where `is_exposed` is false, `place` means nothing. `in_window` says that the hour is not one
    of the pre-period.
    """

    rows: KindRows
    place: Positions
    is_exposed: Flags
    in_window: bool

    @classmethod
    def of(cls, rows: KindRows, cohort: Cohort, *, in_window: bool) -> Placed:
        if not len(cohort.users):
            nowhere = np.zeros(len(rows.user), dtype=np.intp)
            return cls(rows, nowhere, np.zeros(len(nowhere), dtype=np.bool_), in_window)
        place = np.searchsorted(cohort.users, rows.user)
        place[place == len(cohort.users)] = 0
        return cls(rows, place, cohort.users[place] == rows.user, in_window)


class Tally:
    """One metric's counts, user by user; sums in millionths are exact below 2**53.

    An event counts from its user's first exposure on, to the end of the hour that is
    `horizon_hours` after the exposure's. What came before it belongs to the pre-period.
    """

    def __init__(self, metric: Metric, cohort: Cohort, horizon_hours: int | None) -> None:
        self.metric = metric
        self.cohort = cohort
        self._after = _Sums.of(len(cohort.users))
        self._before = _Sums.of(len(cohort.users))
        self._has_later = np.zeros(len(cohort.users), dtype=np.bool_)
        self._has_earlier = np.zeros(len(cohort.users), dtype=np.bool_)
        self._strangers = DistinctUsers()
        self._last_ms = _last_ms(cohort.first_ms, horizon_hours)

    def add(self, placed: Placed) -> None:
        matching, quantity = _matching(self.metric, placed.rows)
        is_exposed = placed.is_exposed[matching]
        if placed.in_window:
            self._strangers.add(placed.rows.user[matching[~is_exposed]])
        rows = matching[is_exposed]
        place, at_ms = placed.place[rows], placed.rows.at_ms[rows]
        is_after = at_ms >= self.cohort.first_ms[place]
        counts = is_after & (at_ms < self._last_ms[place])
        self._after.add(place[counts], rows[counts], quantity)
        self._before.add(place[~is_after], rows[~is_after], quantity)
        self._has_later[place[is_after]] = True
        if placed.in_window:
            self._has_earlier[place[~is_after]] = True

    def arm(self, variant: int, *, has_pre_period: bool) -> Arm:
        of_variant = np.flatnonzero(self.cohort.variant == variant)
        kind = self.metric.kind
        covariates = self._before.values(of_variant, kind) if has_pre_period else None
        return Arm(len(of_variant), self._after.values(of_variant, kind), covariates)

    def converted_before_exposure(self) -> int:
        """Count users of one variant whose only events in the window came before it."""
        is_of_one = self.cohort.variant >= 0
        return int(np.count_nonzero(self._has_earlier & ~self._has_later & is_of_one))

    def users_without_exposure(self) -> int:
        return self._strangers.count()


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    counts: Integers
    micros: Floats

    @classmethod
    def of(cls, n_users: int) -> _Sums:
        return cls(np.zeros(n_users, dtype=np.int64), np.zeros(n_users, dtype=np.float64))

    def add(self, place: Positions, rows: Positions, quantity: _Quantity) -> None:
        """Add rows to their users, who are in ascending order, as in a partial."""
        if not len(place):
            return
        # Several times quicker than `np.add.at`.
        starts = np.flatnonzero(np.concatenate([[True], place[1:] != place[:-1]]))
        users = place[starts]
        self.counts[users] += np.add.reduceat(quantity.n[rows], starts)
        if quantity.micros is not None:
            micros = quantity.micros[rows].astype(np.float64)
            self.micros[users] += np.add.reduceat(micros, starts)

    def values(self, users: Positions, kind: MetricKind) -> Floats:
        if kind is MetricKind.CONVERSION:
            return (self.counts[users] > 0).astype(np.float64)
        total: Floats = self.micros[users] / MICRO
        # A user without events has a mean of nothing, which counts as zero.
        return total / np.maximum(self.counts[users], 1) if kind is MetricKind.MEAN else total


@dataclass(frozen=True, slots=True, eq=False)
class _Quantity:
    """How many events of each row count, and their sum in millionths unless nothing is summed."""

    n: Integers
    micros: Integers | None


def _matching(metric: Metric, rows: KindRows) -> tuple[Positions, _Quantity]:
    """Find the rows that have what the metric counts."""
    if metric.kind is MetricKind.CONVERSION:
        return np.arange(len(rows.user)), _Quantity(rows.n, None)
    if metric.property == "value":
        return np.flatnonzero(rows.n_values), _Quantity(rows.n_values, rows.value_micros)
    code = rows.labels.index(metric.currency) if metric.currency in rows.labels else -1
    is_matching = (rows.label == code) & (rows.n_amounts > 0)
    return np.flatnonzero(is_matching), _Quantity(rows.n_amounts, rows.amount_micros)


def _last_ms(first_ms: Integers, horizon_hours: int | None) -> Integers:
    """Return the instant from which each user's events don't count any more."""
    if horizon_hours is None:
        return np.full(len(first_ms), _NEVER, dtype=np.int64)
    return first_ms - first_ms % HOUR_MS + (horizon_hours + 1) * HOUR_MS
