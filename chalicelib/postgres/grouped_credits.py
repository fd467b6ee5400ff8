"""Credits by group, read from PostgreSQL within a bounded time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from chalicelib.errors import Contended, TookTooLong
from chalicelib.model.attribution_report import GroupedCredits, GroupRow, ReportQuestion
from chalicelib.postgres.conninfo import Conninfo
from chalicelib.postgres.link import Link

# Plans depend on how long the range is, so that none is kept for the next.
SESSION: dict[str, str | int] = {
    "default_transaction_read_only": "on",
    "plan_cache_mode": "force_custom_plan",
    "jit": "off",
    "client_connection_check_interval": "2s",
    "tcp_keepalives_idle": 30,
}
# Both are of one snapshot.
_QUERY = """
SELECT r.*, (extract(epoch FROM f.final_until) * 1000)::bigint
FROM attribution_report(
  %(model)s::attribution_model,
  to_timestamp(%(first_ms)s / 1000.0),
  to_timestamp(%(end_ms)s / 1000.0),
  %(group_by)s::attribution_group,
  %(half_life_ms)s * interval '1 millisecond',
  %(most)s
) r CROSS JOIN finality f
ORDER BY r.place"""


@dataclass(frozen=True, slots=True)
class PostgresGroupedCredits:
    link: Link

    @classmethod
    def open(cls, conninfo: Callable[[], Conninfo], *, timeout_ms: int) -> Self:
        """Prepare a link for reading, which connects on first use."""
        return cls(Link(conninfo, settings=SESSION | {"statement_timeout": timeout_ms}))

    def read(self, question: ReportQuestion) -> GroupedCredits:
        try:
            with self.link.use() as connection:
                found = connection.execute(_QUERY, question.to_json(), prepare=False).fetchall()
        except Contended as error:
            raise TookTooLong from error
        return _credits(found)


def _credits(found: list[Any]) -> GroupedCredits:
    rows = [GroupRow(*row[:-1]) for row in found]
    return GroupedCredits(rows, found[0][-1] if found else None)
