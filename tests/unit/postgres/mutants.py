"""Versions of the statements that are wrong, each in a way that the laws must notice."""

from __future__ import annotations

from tests.unit.postgres.world import Version

WITHOUT_LOCK = Version(
    {
        """ON CONFLICT (user_id) DO UPDATE SET first_seen_at = EXCLUDED.first_seen_at
WHERE EXCLUDED.first_seen_at < u.first_seen_at""": "ON CONFLICT (user_id) DO NOTHING"
    }
)
UNSORTED_LOCK = Version({"GROUP BY user_id\nORDER BY user_id": "GROUP BY user_id"})
UNPINNED_ISOLATION = Version(pins_isolation=False)
UNCOMPARED_CHECKPOINT = Version(
    {
        "WHERE shard = %s AND sequence = %s": "WHERE shard = %s AND sequence IS DISTINCT FROM %s || 'x'"
    }
)
WITHOUT_OLD_INSTANT = Version(
    {"UNION ALL\nSELECT user_id, old_at FROM changed WHERE old_at <> new_at": ""}
)
FIRST_IN = Version(
    {
        """< (r.ingested_at, r.stream, r.shard_id, r.sequence)""": (
            "< (r.ingested_at, r.stream, r.shard_id, r.sequence) AND false"
        )
    }
)
LAST_IN = Version(
    {
        """  WHERE (EXCLUDED.ingested_at, EXCLUDED.stream, EXCLUDED.shard_id, EXCLUDED.sequence)
      < (r.ingested_at, r.stream, r.shard_id, r.sequence)
""": ""
    }
)
RANKED_BY_TIME_ALONE = Version(
    {
        """(EXCLUDED.ingested_at, EXCLUDED.stream, EXCLUDED.shard_id, EXCLUDED.sequence)
      < (r.ingested_at, r.stream, r.shard_id, r.sequence)""": "EXCLUDED.ingested_at < r.ingested_at"
    }
)
ANY_OF_A_BATCH = Version(
    {
        "ORDER BY user_id, click_id, ingested_at, stream, shard_id, sequence": "ORDER BY user_id, click_id, sequence DESC"
    }
)
OPEN_WINDOW_FOR_CLICKS = Version(
    {
        "AND c.checked_out_at BETWEEN t.at AND t.at + (SELECT window_length FROM attribution_settings)": (
            "AND c.checked_out_at > t.at AND c.checked_out_at < t.at + interval '1 hour'"
        )
    }
)
OPEN_START = Version(
    {
        "k.clicked_at BETWEEN c.checked_out_at - (SELECT window_length FROM attribution_settings)": (
            "k.clicked_at > c.checked_out_at - interval '1 hour' AND k.clicked_at BETWEEN '-infinity'"
        )
    }
)
LONG_WINDOW = Version(
    {
        "c.checked_out_at - (SELECT window_length FROM attribution_settings)": (
            "c.checked_out_at - interval '1 hour 1 millisecond'"
        )
    }
)
ANY_OF_A_TIE = Version(
    {"ORDER BY k.clicked_at, k.click_id": "ORDER BY k.clicked_at, k.click_id DESC"}
)
LAST_CLICK = Version(
    {"ORDER BY k.clicked_at, k.click_id": "ORDER BY k.clicked_at DESC, k.click_id"}
)
WITHOUT_RESTATING = Version(
    {"CROSS JOIN LATERAL (\n  SELECT c.user_id": "CROSS JOIN LATERAL (\n  SELECT c.user_id || ''"}
)
USERS_WITHOUT_REPEATS = Version(
    {
        "SELECT user_id, clicked_at AS at FROM batch_clicks": (
            "(SELECT DISTINCT ON (user_id, click_id) user_id, clicked_at AS at FROM batch_clicks"
            " ORDER BY user_id, click_id, ingested_at, stream, shard_id, sequence)"
        )
    }
)
