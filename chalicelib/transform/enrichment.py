"""Derived columns for events of the known types, and the bounds of their classes.

Transactions are the types that move money: `transaction`, `purchase` and `checkout`. A checkout
may lack an amount; then its category and its flag are null, as for any missing value.
"""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.lake import derive
from chalicelib.lake.schema import Column, Table

TRANSACTIONS = frozenset({"transaction", "purchase", "checkout"})
USER_ACTION = "user_action"
METRIC = "metric"

AMOUNT_LABELS = ("micro", "small", "medium", "large")
SESSION_LABELS = ("short", "medium", "long")
VALUE_LABELS = ("negative", "low", "normal", "high")


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrichment:
    """Bounds are exclusive, except the last one of amounts and of metric values.

    An amount above the last bound is high; a value outside the first and the last is out of range.
    """

    amount_bounds: tuple[float, float, float] = (10, 100, 1_000)
    session_bounds_s: tuple[float, float] = (60, 600)
    metric_bounds: tuple[float, float, float] = (0, 10, 100)

    def derive(self, event_type: str, lines: Table) -> dict[str, Column]:
        """Return the columns that rows of this type add to those of their raw lines."""
        if event_type in TRANSACTIONS:
            return self._of_transactions(lines)
        if event_type == USER_ACTION:
            return self._of_user_actions(lines)
        if event_type == METRIC:
            return self._of_metrics(lines)
        return {}

    def _of_transactions(self, lines: Table) -> dict[str, Column]:
        amount, bounds = lines["amount"], self.amount_bounds
        return {
            "transaction_date": derive.day(lines["timestamp"]),
            "amount_category": derive.classify(
                amount, bounds, AMOUNT_LABELS, last_is_inclusive=True
            ),
            "is_high_value": derive.is_above(amount, bounds[-1]),
        }

    def _of_user_actions(self, lines: Table) -> dict[str, Column]:
        duration_s = derive.number_property(lines["properties"], "session_duration")
        return {
            "action_date": derive.day(lines["timestamp"]),
            "session_category": derive.classify(duration_s, self.session_bounds_s, SESSION_LABELS),
        }

    def _of_metrics(self, lines: Table) -> dict[str, Column]:
        value, bounds = lines["value"], self.metric_bounds
        return {
            "metric_date": derive.day(lines["timestamp"]),
            "value_category": derive.classify(value, bounds, VALUE_LABELS, last_is_inclusive=True),
            "is_out_of_range": derive.is_outside(value, bounds[0], bounds[-1]),
        }
