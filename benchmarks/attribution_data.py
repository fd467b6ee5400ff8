"""A history of clicks and checkouts in PostgreSQL, and batches that continue it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Literal

from chalicelib.model import instant
from chalicelib.model.attribution import Checkout, Click, ShardPart
from tests.builders import NOON_MS, SHARD
from tests.postgres import Database

CLICKS_PER_USER = 10
CLICKS_PER_CHECKOUT = 10
DAYS = 30
# Earlier than any batch's own rows, whose ids and sequences are larger.
_FILL = """
SELECT setseed(0.5);
INSERT INTO raw_clicks
SELECT 'usr_' || lpad((random() * {users})::int::text, 7, '0'), 'a-' || lpad(n::text, 9, '0'),
       at, at + interval '2 s', 'clicks', 'shardId-000000000001', lpad(n::text, 56, '0'),
       'web', 'spring', '/products/' || n % 500
FROM (SELECT n, timestamptz '{noon}' - random() * interval '{days} days' AS at
      FROM generate_series(1, {clicks}) AS n) AS drawn;
INSERT INTO raw_checkouts
SELECT 'usr_' || lpad((random() * {users})::int::text, 7, '0'), 'b-' || lpad(n::text, 9, '0'),
       at, at + interval '2 s', 'checkouts', 'shardId-000000000001', lpad(n::text, 56, '0'),
       'web', 12.5, 'EUR'
FROM (SELECT n, timestamptz '{noon}' - random() * interval '{days} days' AS at
      FROM generate_series(1, {checkouts}) AS n) AS drawn;
INSERT INTO users
SELECT user_id, min(at) FROM (SELECT user_id, clicked_at AS at FROM raw_clicks
                              UNION ALL SELECT user_id, checked_out_at FROM raw_checkouts) AS seen
GROUP BY user_id;
INSERT INTO attributed_checkouts
SELECT c.user_id, c.checkout_id, c.checked_out_at, f.click_id, f.clicked_at
FROM raw_checkouts AS c
LEFT JOIN LATERAL (SELECT k.click_id, k.clicked_at FROM raw_clicks AS k
                   WHERE k.user_id = c.user_id
                     AND k.clicked_at BETWEEN c.checked_out_at - interval '1 hour'
                                          AND c.checked_out_at
                   ORDER BY k.clicked_at, k.click_id LIMIT 1) AS f ON true;
CREATE TABLE floor_clicks (LIKE raw_clicks INCLUDING ALL);
INSERT INTO floor_clicks SELECT * FROM raw_clicks;
CREATE TABLE floor_checkouts (LIKE raw_checkouts INCLUDING ALL);
INSERT INTO floor_checkouts SELECT * FROM raw_checkouts;
CREATE TABLE floor_attributed (LIKE attributed_checkouts INCLUDING ALL);
INSERT INTO floor_attributed SELECT * FROM attributed_checkouts;
"""

type Kind = Literal["clicks", "checkouts"]


@dataclass
class History:
    """So many clicks of the last month, ten a user, and a tenth as many checkouts."""

    n_clicks: int
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    sequences: Iterator[int] = field(default_factory=lambda: count(10**9))
    reached: dict[str, str] = field(default_factory=dict)

    @property
    def n_users(self) -> int:
        return self.n_clicks // CLICKS_PER_USER

    def fill(self, database: Database) -> None:
        database.run(
            _FILL.format(
                users=self.n_users,
                clicks=self.n_clicks,
                checkouts=self.n_clicks // CLICKS_PER_CHECKOUT,
                noon=instant.to_text(NOON_MS),
                days=DAYS,
            )
        )
        for table in ("users", "raw_clicks", "raw_checkouts", "attributed_checkouts"):
            database.run(f"VACUUM ANALYZE {table}")

    def part(self, kind: Kind, n_records: int) -> ShardPart:
        """Return the next part of a shard: new events of the last hours of users who exist."""
        clicks = [self._click() for _ in range(n_records if kind == "clicks" else 0)]
        checkouts = [self._checkout() for _ in range(n_records if kind == "checkouts" else 0)]
        shard = f"{kind}-{SHARD}"
        last = max(row.sequence for rows in (clicks, checkouts) for row in rows)
        part = ShardPart(
            shard=shard,
            read_checkpoint=self.reached.get(shard),
            last_sequence=last,
            arrived_at=instant.to_text(NOON_MS),
            clicks=clicks,
            checkouts=checkouts,
        )
        self.reached[shard] = last
        return part

    def _click(self) -> Click:
        sequence, user, at = self._drawn()
        return Click(
            user, f"c-{sequence}", instant.to_text(at), instant.to_text(at + 2_000), "clicks",
            SHARD, sequence, "web", "spring", f"/products/{self.chance.randrange(500)}",
        )  # fmt: skip

    def _checkout(self) -> Checkout:
        sequence, user, at = self._drawn()
        return Checkout(
            user, f"d-{sequence}", instant.to_text(at), instant.to_text(at + 2_000), "checkouts",
            SHARD, sequence, "web", f"{self.chance.randrange(1, 500)}.250000", "EUR",
        )  # fmt: skip

    def _drawn(self) -> tuple[str, str, int]:
        sequence = str(next(self.sequences)).zfill(56)
        user = f"usr_{self.chance.randrange(self.n_users):07d}"
        return sequence, user, NOON_MS - self.chance.randrange(6 * instant.HOUR_MS)
