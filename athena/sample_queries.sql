-- Queries to begin with. Each filters by year, month and day, so that Athena opens that day's files
-- only; parameters are given in order, as text: '2026', '02', '20'.

-- name: events_by_type
-- Records and mean latency of each event type, of one day.
-- parameters: year, month, day    columns: event_type, count, avg_latency
SELECT event_type, COUNT(*) AS count, AVG(latency_ms) AS avg_latency
FROM eventstream.events
WHERE year = ? AND month = ? AND day = ?
GROUP BY event_type
ORDER BY count DESC, event_type;

-- name: top_events
-- The ten most frequent kinds of event of one day, each event counted once, and who sent them.
-- parameters: year, month, day    columns: event_type, source, n_events, n_users, share
SELECT
  event_type,
  source,
  COUNT(*) AS n_events,
  COUNT(DISTINCT user_id) AS n_users,
  ROUND(CAST(COUNT(*) AS double) / SUM(COUNT(*)) OVER (), 4) AS share
FROM eventstream.events_unique
WHERE year = ? AND month = ? AND day = ?
GROUP BY event_type, source
ORDER BY n_events DESC, event_type, source
LIMIT 10;

-- name: top_pages
-- The ten most viewed pages of one day.
-- parameters: year, month, day    columns: page, n_views, n_users
SELECT
  JSON_EXTRACT_SCALAR(properties, '$.page') AS page,
  COUNT(*) AS n_views,
  COUNT(DISTINCT user_id) AS n_users
FROM eventstream.events_unique
WHERE year = ? AND month = ? AND day = ? AND event_type = 'page_view'
GROUP BY 1
ORDER BY n_views DESC, page
LIMIT 10;

-- name: error_rates
-- Errors and their share by hour and event type, of one day; types without errors are left out.
-- parameters: year, month, day    columns: hour, event_type, n_events, n_errors, error_rate
SELECT
  hour,
  event_type,
  COUNT(*) AS n_events,
  COUNT_IF(is_error) AS n_errors,
  CAST(COUNT_IF(is_error) AS double) / COUNT(*) AS error_rate
FROM eventstream.events_unique
WHERE year = ? AND month = ? AND day = ?
GROUP BY hour, event_type
HAVING COUNT_IF(is_error) > 0
ORDER BY hour, error_rate DESC, event_type;

-- name: latency_percentiles
-- Latency by hour, of one day; the percentiles are approximate, those of the rollups are exact.
-- parameters: year, month, day    columns: hour, n_events, p50_ms, p95_ms, p99_ms
SELECT
  hour,
  COUNT(latency_ms) AS n_events,
  APPROX_PERCENTILE(latency_ms, 0.50) AS p50_ms,
  APPROX_PERCENTILE(latency_ms, 0.95) AS p95_ms,
  APPROX_PERCENTILE(latency_ms, 0.99) AS p99_ms
FROM eventstream.events_unique
WHERE year = ? AND month = ? AND day = ? AND latency_ms IS NOT NULL
GROUP BY hour
ORDER BY hour;

-- name: revenue
-- What was paid in each currency and class of amount, of one day.
-- parameters: year, month, day    columns: currency, amount_category, n_payments, total, n_high_value
SELECT
  currency,
  amount_category,
  COUNT(*) AS n_payments,
  SUM(amount) AS total,
  COUNT_IF(is_high_value) AS n_high_value
FROM eventstream.events_unique
WHERE
  year = ? AND month = ? AND day = ?
  AND event_type IN ('purchase', 'transaction')
  AND amount IS NOT NULL
GROUP BY currency, amount_category
ORDER BY currency, total DESC;

-- name: repeats
-- Records that repeat an event, by source, of one day: clients that send again what had arrived.
-- parameters: year, month, day    columns: source, n_records, n_events, n_repeats
WITH ranked AS (
  SELECT
    source,
    ROW_NUMBER() OVER (
      PARTITION BY hour, user_id, event_id
      ORDER BY ingested_at, kinesis_stream, kinesis_shard_id, kinesis_sequence_number
    ) AS nth_record
  FROM eventstream.events
  WHERE year = ? AND month = ? AND day = ?
)
SELECT
  source,
  COUNT(*) AS n_records,
  COUNT_IF(nth_record = 1) AS n_events,
  COUNT_IF(nth_record > 1) AS n_repeats
FROM ranked
GROUP BY source
ORDER BY n_repeats DESC, source;

-- name: journey
-- What one user did on one day, in order of time.
-- parameters: year, month, day, user_id    columns: timestamp, event_type, session_id, properties
SELECT "timestamp", event_type, session_id, properties
FROM eventstream.events_unique
WHERE year = ? AND month = ? AND day = ? AND user_id = ?
ORDER BY "timestamp", kinesis_sequence_number;
