"""The statements of one batch's transaction, which expect READ COMMITTED.

Each statement sees what other transactions committed before it began. So the users' rows are
locked first, in an order that all writers share: what is read of a user afterwards is complete.
"""

from __future__ import annotations

# A connection's own tables. They are emptied by the end of each transaction.
SESSION = """
CREATE TEMP TABLE batch_clicks (LIKE raw_clicks) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE batch_checkouts (LIKE raw_checkouts) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE moved_clicks (user_id text COLLATE "C", old_at timestamptz(3))
ON COMMIT DELETE ROWS;
CREATE TEMP TABLE touched_checkouts (LIKE attributed_checkouts) ON COMMIT DELETE ROWS;
"""

READ_CHECKPOINT = "SELECT sequence FROM shard_checkpoints WHERE shard = %s"
FIRST_CHECKPOINT = """
INSERT INTO shard_checkpoints (sequence, arrived_at, shard)
VALUES (%s, %s, %s)
ON CONFLICT (shard) DO NOTHING"""
# Of the attempts that have read the same checkpoint, one changes a row.
NEXT_CHECKPOINT = """
UPDATE shard_checkpoints
SET sequence = %s, arrived_at = %s, committed_at = clock_timestamp()
WHERE shard = %s AND sequence = %s"""
# A function, which reads shard by shard, says nothing about its stream as a whole.
READ_BY_SHARD = """
UPDATE stream_reads SET read_until = NULL
WHERE read_until IS NOT NULL AND starts_with(%s, stream || '-shardId-')"""

# By a reader that repeats records instead of remembering them: it can't fall behind what is there.
ADVANCE_CHECKPOINT = """
INSERT INTO shard_checkpoints AS c (shard, sequence, arrived_at)
VALUES (%s, %s, %s)
ON CONFLICT (shard) DO UPDATE
SET sequence = greatest(c.sequence, EXCLUDED.sequence),
    arrived_at = greatest(c.arrived_at, EXCLUDED.arrived_at),
    committed_at = clock_timestamp()"""
READ_BY_STREAM = """
INSERT INTO stream_reads AS r (stream, read_until)
VALUES (%s, %s)
ON CONFLICT (stream) DO UPDATE SET read_until = greatest(r.read_until, EXCLUDED.read_until)"""

COPY_CLICKS = """
COPY batch_clicks
  (user_id, click_id, clicked_at, ingested_at, stream, shard_id, sequence, source, campaign, page)
FROM STDIN"""
COPY_CHECKOUTS = """
COPY batch_checkouts
  (user_id, checkout_id, checked_out_at, ingested_at, stream, shard_id, sequence, source, amount,
   currency)
FROM STDIN"""

# A conflicting row is locked even where the last condition is false. Sorted, so that two
# transactions can't wait for each other. The earliest instant is that of all records, repeats too.
LOCK_USERS = """
INSERT INTO users AS u (user_id, first_seen_at)
SELECT user_id, min(at)
FROM (SELECT user_id, clicked_at AS at FROM batch_clicks
      UNION ALL
      SELECT user_id, checked_out_at FROM batch_checkouts) AS seen
GROUP BY user_id
ORDER BY user_id
ON CONFLICT (user_id) DO UPDATE SET first_seen_at = EXCLUDED.first_seen_at
WHERE EXCLUDED.first_seen_at < u.first_seen_at"""

# The earliest record of an event wins, whichever is read first. Nobody else inserts rows of users
# that are locked, so that MERGE is safe, and spares what ON CONFLICT does in case somebody did. A
# click that moves also touches the checkouts after its old instant, which may be credited to it.
STORE_CLICKS = """
WITH changed AS (
  MERGE INTO raw_clicks AS r
  USING (
    SELECT DISTINCT ON (user_id, click_id) *
    FROM batch_clicks
    ORDER BY user_id, click_id, ingested_at, stream, shard_id, sequence
  ) AS b
  ON r.user_id = b.user_id AND r.click_id = b.click_id
  WHEN NOT MATCHED THEN INSERT VALUES (
    b.user_id, b.click_id, b.clicked_at, b.ingested_at, b.stream, b.shard_id, b.sequence,
    b.source, b.campaign, b.page
  )
  WHEN MATCHED AND (b.ingested_at, b.stream, b.shard_id, b.sequence)
      < (r.ingested_at, r.stream, r.shard_id, r.sequence)
  THEN UPDATE
  SET clicked_at = b.clicked_at, ingested_at = b.ingested_at, stream = b.stream,
      shard_id = b.shard_id, sequence = b.sequence, source = b.source, campaign = b.campaign,
      page = b.page
  RETURNING new.user_id, new.clicked_at AS new_at, old.clicked_at AS old_at
)
INSERT INTO moved_clicks (user_id, old_at)
SELECT user_id, old_at FROM changed WHERE old_at <> new_at"""

STORE_CHECKOUTS = """
WITH changed AS (
  MERGE INTO raw_checkouts AS r
  USING (
    SELECT DISTINCT ON (user_id, checkout_id) *
    FROM batch_checkouts
    ORDER BY user_id, checkout_id, ingested_at, stream, shard_id, sequence
  ) AS b
  ON r.user_id = b.user_id AND r.checkout_id = b.checkout_id
  WHEN NOT MATCHED THEN INSERT VALUES (
    b.user_id, b.checkout_id, b.checked_out_at, b.ingested_at, b.stream, b.shard_id, b.sequence,
    b.source, b.amount, b.currency
  )
  WHEN MATCHED AND (b.ingested_at, b.stream, b.shard_id, b.sequence)
      < (r.ingested_at, r.stream, r.shard_id, r.sequence)
  THEN UPDATE
  SET checked_out_at = b.checked_out_at, ingested_at = b.ingested_at, stream = b.stream,
      shard_id = b.shard_id, sequence = b.sequence, source = b.source, amount = b.amount,
      currency = b.currency
  RETURNING new.user_id, new.checkout_id, new.checked_out_at
)
INSERT INTO touched_checkouts (user_id, checkout_id, checked_out_at)
SELECT user_id, checkout_id, checked_out_at FROM changed"""

# Each click looks its own checkouts up: LATERAL with OFFSET 0 is the plan that doesn't depend on
# what the planner guesses of a temporary table. Sorted, since neighbours are on the same pages.
TOUCH_CHECKOUTS = """
INSERT INTO touched_checkouts (user_id, checkout_id, checked_out_at)
SELECT o.user_id, o.checkout_id, o.checked_out_at
FROM (
  SELECT user_id, clicked_at AS at FROM batch_clicks
  UNION ALL
  SELECT user_id, old_at FROM moved_clicks
  ORDER BY user_id
) AS t
CROSS JOIN LATERAL (
  SELECT c.user_id, c.checkout_id, c.checked_out_at
  FROM raw_checkouts AS c
  WHERE c.user_id = t.user_id
    AND c.checked_out_at BETWEEN t.at AND t.at + (SELECT window_length FROM attribution_settings)
  OFFSET 0
) AS o"""

ATTRIBUTE = """
WITH saved AS (
  MERGE INTO attributed_checkouts AS a
  USING (
    SELECT c.user_id, c.checkout_id, c.checked_out_at, f.click_id, f.clicked_at
    FROM (SELECT DISTINCT ON (user_id, checkout_id) user_id, checkout_id, checked_out_at
          FROM touched_checkouts
          ORDER BY user_id, checkout_id) AS c
    LEFT JOIN LATERAL (
      SELECT k.click_id, k.clicked_at
      FROM raw_clicks AS k
      WHERE k.user_id = c.user_id AND k.clicked_at
        BETWEEN c.checked_out_at - (SELECT window_length FROM attribution_settings)
            AND c.checked_out_at
      ORDER BY k.clicked_at, k.click_id
      LIMIT 1
    ) AS f ON true
    OFFSET 0
  ) AS f
  ON a.user_id = f.user_id AND a.checkout_id = f.checkout_id
  WHEN NOT MATCHED THEN INSERT
    (user_id, checkout_id, checked_out_at, click_id, clicked_at)
  VALUES (f.user_id, f.checkout_id, f.checked_out_at, f.click_id, f.clicked_at)
  WHEN MATCHED AND (a.checked_out_at, a.click_id, a.clicked_at)
    IS DISTINCT FROM (f.checked_out_at, f.click_id, f.clicked_at)
  THEN UPDATE
  SET checked_out_at = f.checked_out_at, click_id = f.click_id, clicked_at = f.clicked_at
  RETURNING new.click_id, old.checkout_id IS NOT NULL AS is_restated
)
SELECT count(click_id), count(*) FILTER (WHERE is_restated) FROM saved"""

# An attempt after an unknown outcome may repeat them.
QUARANTINE = """
INSERT INTO quarantined_records (stream, shard_id, sequence, code, field)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (stream, shard_id, sequence) DO NOTHING"""
