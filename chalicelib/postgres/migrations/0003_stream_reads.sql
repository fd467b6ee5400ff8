-- Up to when a reader of whole streams has read each: the Spark job, which may be stopped for hours.
-- A shard without records is idle as of then, and not as of now: what arrives meanwhile is unread.
-- NULL: the functions read it, which are never stopped.
CREATE TABLE stream_reads (
  stream     text COLLATE "C" PRIMARY KEY,
  read_until timestamptz(3)
);
GRANT SELECT, INSERT, UPDATE ON stream_reads TO eventstream_writer;

CREATE OR REPLACE VIEW shard_watermarks AS
SELECT
  shard,
  arrived_at,
  committed_at,
  CASE WHEN is_idle THEN read_until - idle_after - lateness ELSE arrived_at - lateness END AS watermark,
  is_idle
FROM (
  SELECT
    c.*, s.lateness, s.idle_after, coalesce(r.read_until, now()) AS read_until,
    greatest(c.committed_at, pg_postmaster_start_time())
      < coalesce(r.read_until, now()) - s.idle_after AS is_idle
  FROM shard_checkpoints c
  CROSS JOIN attribution_settings s
  LEFT JOIN stream_reads r ON starts_with(c.shard, r.stream || '-shardId-')
) AS read;
