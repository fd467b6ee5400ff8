-- What attribution keeps: users, clicks and checkouts as received, the credit of each checkout,
-- and how far each shard has been read. PostgreSQL 18.
--
-- Ids are compared byte by byte (COLLATE "C"), as the pipeline compares them; a record's own key is
-- (user_id, event_id). There are no foreign keys: they would double the time of a batch.

-- One row, shared by every writer and reader, so that no two of them use different windows.
-- After changing window_length, rebuild: rows that are already attributed don't follow by themselves.
CREATE TABLE attribution_settings (
  only_row      boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  -- A click counts for a checkout of its user up to this much later, both ends included.
  window_length interval NOT NULL DEFAULT '1 hour' CHECK (window_length > '0'),
  -- In the ordinary course an event arrives at most this much later than it happened.
  lateness      interval NOT NULL DEFAULT '5 minutes' CHECK (lateness >= '0'),
  -- A shard from which nothing has arrived for this long no longer holds up finality.
  idle_after    interval NOT NULL DEFAULT '15 minutes' CHECK (idle_after > '0')
);
INSERT INTO attribution_settings DEFAULT VALUES;

CREATE TABLE users (
  user_id       text COLLATE "C" PRIMARY KEY,
  -- The earliest click or checkout received of the user, repeats included.
  first_seen_at timestamptz(3) NOT NULL
);

CREATE TABLE raw_clicks (
  user_id     text COLLATE "C" NOT NULL,
  -- The event's id.
  click_id    text COLLATE "C" NOT NULL,
  clicked_at  timestamptz(3) NOT NULL,
  ingested_at timestamptz(3) NOT NULL,
  stream      text COLLATE "C" NOT NULL,
  shard_id    text COLLATE "C" NOT NULL,
  -- Padded to 56 digits, so that text order is numeric order.
  sequence    text COLLATE "C" NOT NULL,
  source      text COLLATE "C" NOT NULL,
  campaign    text COLLATE "C",
  page        text COLLATE "C",
  PRIMARY KEY (user_id, click_id)
);
CREATE INDEX raw_clicks_by_time ON raw_clicks (user_id, clicked_at, click_id);

CREATE TABLE raw_checkouts (
  user_id        text COLLATE "C" NOT NULL,
  -- The event's id.
  checkout_id    text COLLATE "C" NOT NULL,
  checked_out_at timestamptz(3) NOT NULL,
  ingested_at    timestamptz(3) NOT NULL,
  stream         text COLLATE "C" NOT NULL,
  shard_id       text COLLATE "C" NOT NULL,
  sequence       text COLLATE "C" NOT NULL,
  source         text COLLATE "C" NOT NULL,
  amount         numeric(19, 6),
  -- ISO 4217, in capitals.
  currency       text COLLATE "C",
  PRIMARY KEY (user_id, checkout_id)
);
CREATE INDEX raw_checkouts_by_time ON raw_checkouts (user_id, checked_out_at, checkout_id);

-- A row for every row of raw_checkouts; without a click the checkout is unattributed.
CREATE TABLE attributed_checkouts (
  user_id        text COLLATE "C" NOT NULL,
  checkout_id    text COLLATE "C" NOT NULL,
  checked_out_at timestamptz(3) NOT NULL,
  click_id       text COLLATE "C",
  clicked_at     timestamptz(3),
  PRIMARY KEY (user_id, checkout_id),
  CHECK ((click_id IS NULL) = (clicked_at IS NULL)),
  CHECK (clicked_at <= checked_out_at)
);

CREATE TABLE shard_checkpoints (
  -- <stream>-<shard id>
  shard        text COLLATE "C" PRIMARY KEY,
  -- Everything up to this record is in the tables above.
  sequence     text COLLATE "C" NOT NULL,
  -- When that record arrived in its stream, and when it was committed.
  arrived_at   timestamptz(3) NOT NULL,
  committed_at timestamptz(3) NOT NULL DEFAULT clock_timestamp()
);

-- Valid events that can't be stored here. Their bytes are in the raw archive.
CREATE TABLE quarantined_records (
  stream         text COLLATE "C" NOT NULL,
  shard_id       text COLLATE "C" NOT NULL,
  sequence       text COLLATE "C" NOT NULL,
  code           text COLLATE "C" NOT NULL,
  field          text COLLATE "C" NOT NULL,
  quarantined_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (stream, shard_id, sequence)
);

-- Up to its watermark, all that arrives from a shard in the ordinary course has been read.
-- Arrival is monotonic in a shard; the events' own times are not, and may be anything.
-- While the server was away nothing could be committed, so that no shard was idle.
CREATE VIEW shard_watermarks AS
SELECT
  shard,
  arrived_at,
  committed_at,
  CASE WHEN is_idle THEN now() - idle_after - lateness ELSE arrived_at - lateness END AS watermark,
  is_idle
FROM (
  SELECT
    c.*, s.lateness, s.idle_after,
    greatest(c.committed_at, pg_postmaster_start_time()) < now() - s.idle_after AS is_idle
  FROM shard_checkpoints c CROSS JOIN attribution_settings s
) AS read;

-- One row: checkouts up to final_until can't change in the ordinary course. NULL: none is final.
CREATE VIEW finality AS
SELECT min(watermark) AS final_until FROM shard_watermarks;

-- What a late record can still do, it does: finality predicts, and drops nothing.
CREATE VIEW checkout_finality AS
SELECT a.*, coalesce(a.checked_out_at <= f.final_until, false) AS is_final
FROM attributed_checkouts a CROSS JOIN finality f;

-- Roles belong to the whole server, on which another database may have made them already.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'eventstream_writer') THEN
    CREATE ROLE eventstream_writer NOLOGIN;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'eventstream_reader') THEN
    CREATE ROLE eventstream_reader NOLOGIN;
  END IF;
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO eventstream_writer, eventstream_reader', current_database());
  -- A batch is copied into temporary tables.
  EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO eventstream_writer', current_database());
END $$;

GRANT USAGE ON SCHEMA public TO eventstream_writer, eventstream_reader;
GRANT SELECT, INSERT, UPDATE ON
  users, raw_clicks, raw_checkouts, attributed_checkouts, shard_checkpoints
TO eventstream_writer;
GRANT SELECT, INSERT ON quarantined_records TO eventstream_writer;
GRANT SELECT ON attribution_settings TO eventstream_writer;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO eventstream_reader;
-- Also what later migrations create.
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO eventstream_reader;
