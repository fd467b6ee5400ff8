"""Versions of the statements that are wrong, each in a way that the laws must notice."""

from __future__ import annotations

from tests.unit.postgres.world import Version

_LENGTH = "(SELECT window_length FROM attribution_settings)"
_RANK = """(b.ingested_at, b.stream, b.shard_id, b.sequence)
      < (r.ingested_at, r.stream, r.shard_id, r.sequence)"""
_IN_RANK = "ORDER BY user_id, click_id, ingested_at, stream, shard_id, sequence"
_FIRST = "ORDER BY k.clicked_at, k.click_id"

WITHOUT_LOCK = Version(
    {
        """DO UPDATE SET first_seen_at = EXCLUDED.first_seen_at
WHERE EXCLUDED.first_seen_at < u.first_seen_at""": "DO NOTHING"
    }
)
UNSORTED_LOCK = Version({"GROUP BY user_id\nORDER BY user_id": "GROUP BY user_id"})
UNPINNED_ISOLATION = Version(pins_isolation=False)
UNCOMPARED_CHECKPOINT = Version({"AND sequence = %s": "AND sequence IS DISTINCT FROM %s || '?'"})
WITHOUT_OLD_INSTANT = Version({"UNION ALL\n  SELECT user_id, old_at FROM moved_clicks": ""})
FIRST_IN = Version({_RANK: "false"})
LAST_IN = Version({_RANK: "true"})
RANKED_BY_TIME_ALONE = Version({_RANK: "b.ingested_at < r.ingested_at"})
ANY_OF_A_BATCH = Version({_IN_RANK: "ORDER BY user_id, click_id, sequence DESC"})
OPEN_WINDOW_FOR_CLICKS = Version(
    {f"BETWEEN t.at AND t.at + {_LENGTH}": "> t.at AND c.checked_out_at < t.at + '1 hour'"}
)
OPEN_START = Version(
    {
        f"BETWEEN c.checked_out_at - {_LENGTH}": (
            "> c.checked_out_at - interval '1 hour' AND k.clicked_at BETWEEN '-infinity'"
        )
    }
)
LONG_WINDOW = Version(
    {f"c.checked_out_at - {_LENGTH}": "c.checked_out_at - interval '3600.001 s'"}
)
LAST_OF_A_TIE = Version({_FIRST: f"{_FIRST} DESC"})
LAST_CLICK = Version({_FIRST: "ORDER BY k.clicked_at DESC, k.click_id"})
_SEEN = "SELECT user_id, clicked_at AS at FROM batch_clicks"
_SEEN_ONCE = _SEEN.replace("SELECT", "SELECT DISTINCT ON (user_id, click_id)")
USERS_WITHOUT_REPEATS = Version({_SEEN: f"({_SEEN_ONCE} {_IN_RANK})"})
