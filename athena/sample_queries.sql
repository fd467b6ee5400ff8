-- Queries to begin with. Each filters by year, month and day, so that Athena opens those days' files
-- only; parameters are given in order, as text: '2026', '02', '20'.
--
-- A query over several days takes the years and the days of its range: '2026', '2026', '2026-02-20',
-- '2026-03-05'. Athena's projection can make folders out of a condition on one column alone, so the
-- years bound how many folders it makes up, some 9,000 for each. The condition on year, month and day
-- together is put to each of those folders' names, which are text of equal length and so sort as days
-- do, before a file is opened. Both are constants in the WHERE that reads the view: bounds that come
-- out of a join would be known too late.

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
-- What was paid in each currency and class of amount, of one day, transactions included.
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

-- name: funnel
-- Users who viewed a page, clicked after that and checked out after that, of one day. Events of the
-- same millisecond have no order. The events are read once: Athena reads a CTE for each use of it.
-- parameters: year, month, day    columns: step, event_type, n_users, share_of_step_before
WITH viewed AS (
  SELECT
    user_id,
    event_type,
    "timestamp",
    MIN(IF(event_type = 'page_view', "timestamp")) OVER (PARTITION BY user_id) AS viewed_at
  FROM eventstream.events_unique
  WHERE
    year = ? AND month = ? AND day = ?
    AND event_type IN ('page_view', 'click', 'checkout')
),
clicked AS (
  SELECT
    user_id,
    event_type,
    "timestamp",
    viewed_at,
    MIN(IF(event_type = 'click' AND "timestamp" > viewed_at, "timestamp"))
      OVER (PARTITION BY user_id) AS clicked_at
  FROM viewed
),
reached AS (
  SELECT
    COUNT(DISTINCT IF(viewed_at IS NOT NULL, user_id)) AS n_viewed,
    COUNT(DISTINCT IF(clicked_at IS NOT NULL, user_id)) AS n_clicked,
    COUNT(DISTINCT IF(event_type = 'checkout' AND "timestamp" > clicked_at, user_id))
      AS n_checked_out
  FROM clicked
),
steps AS (
  SELECT
    step,
    event_type,
    CASE step WHEN 1 THEN n_viewed WHEN 2 THEN n_clicked ELSE n_checked_out END AS n_users
  FROM reached
  CROSS JOIN (VALUES (1, 'page_view'), (2, 'click'), (3, 'checkout')) AS named (step, event_type)
)
SELECT
  step,
  event_type,
  n_users,
  CAST(n_users AS double) / NULLIF(LAG(n_users) OVER (ORDER BY step), 0) AS share_of_step_before
FROM steps
ORDER BY step;

-- name: unique_users_by_hour
-- Users by hour, of one day, counted exactly; a user of two hours counts in both.
-- parameters: year, month, day    columns: hour, n_events, n_users
SELECT hour, COUNT(*) AS n_events, COUNT(DISTINCT user_id) AS n_users
FROM eventstream.events_unique
WHERE year = ? AND month = ? AND day = ?
GROUP BY hour
ORDER BY hour;

-- name: late_events
-- Events that came in after their hour had ended, by that hour and event type, of one day.
-- parameters: year, month, day    columns: hour, event_type, n_late, mean_delay_s, longest_delay_s
WITH late AS (
  SELECT
    hour,
    event_type,
    DATE_DIFF('millisecond', "timestamp", ingested_at) AS delay_ms
  FROM eventstream.events_unique
  WHERE
    year = ? AND month = ? AND day = ?
    AND DATE_TRUNC('hour', ingested_at) > DATE_TRUNC('hour', "timestamp")
)
SELECT
  hour,
  event_type,
  COUNT(*) AS n_late,
  AVG(delay_ms) / 1e3 AS mean_delay_s,
  MAX(delay_ms) / 1e3 AS longest_delay_s
FROM late
GROUP BY hour, event_type
ORDER BY hour, n_late DESC, event_type;

-- name: sessions
-- Sessions by the day they begin on: a user's events until 30 minutes pass without one. They are told
-- by the timestamps, so a client need send no session_id. A session may run past midnight, yet only
-- within the range: at either end it is cut. A session of one event lasts 0 seconds.
-- parameters: first_year, last_year, first_day, last_day    columns: started_on, n_sessions, n_users, mean_events, mean_duration_s
WITH gaps AS (
  SELECT
    user_id,
    event_id,
    "timestamp",
    DATE_DIFF(
      'millisecond',
      LAG("timestamp") OVER (PARTITION BY user_id ORDER BY "timestamp", event_id),
      "timestamp"
    ) AS gap_ms
  FROM eventstream.events_unique
  WHERE
    year BETWEEN ? AND ?
    AND year || '-' || month || '-' || day BETWEEN ? AND ?
),
numbered AS (
  SELECT
    user_id,
    "timestamp",
    SUM(IF(gap_ms < 30 * 60 * 1000, 0, 1)) OVER (
      PARTITION BY user_id
      ORDER BY "timestamp", event_id
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS nth_session
  FROM gaps
),
user_sessions AS (
  SELECT
    user_id,
    CAST(MIN("timestamp") AS date) AS started_on,
    COUNT(*) AS n_events,
    DATE_DIFF('millisecond', MIN("timestamp"), MAX("timestamp")) AS duration_ms
  FROM numbered
  GROUP BY user_id, nth_session
)
SELECT
  started_on,
  COUNT(*) AS n_sessions,
  COUNT(DISTINCT user_id) AS n_users,
  AVG(n_events) AS mean_events,
  AVG(duration_ms) / 1e3 AS mean_duration_s
FROM user_sessions
GROUP BY started_on
ORDER BY started_on;

-- name: retention
-- Of the users first seen on each day, how many came back so many days later, such as '7'. First seen
-- is within the range: begin it some time before the days in question, or everyone is new on its first
-- day. Days whose later day is not yet in the range have no row.
-- parameters: first_year, last_year, first_day, last_day, days_later    columns: first_seen_on, days_later, n_new_users, n_returned, share
WITH user_days AS (
  SELECT DISTINCT user_id, CAST("timestamp" AS date) AS seen_on
  FROM eventstream.events_unique
  WHERE
    year BETWEEN ? AND ?
    AND year || '-' || month || '-' || day BETWEEN ? AND ?
),
visits AS (
  SELECT
    seen_on,
    MIN(seen_on) OVER (PARTITION BY user_id) AS first_seen_on,
    CAST(? AS integer) AS days_later
  FROM user_days
),
first_days AS (
  SELECT
    first_seen_on,
    days_later,
    COUNT_IF(seen_on = first_seen_on) AS n_new_users,
    COUNT_IF(DATE_DIFF('day', first_seen_on, seen_on) = days_later) AS n_returned,
    MAX(MAX(seen_on)) OVER () AS last_seen_on
  FROM visits
  GROUP BY first_seen_on, days_later
)
SELECT
  first_seen_on,
  days_later,
  n_new_users,
  n_returned,
  CAST(n_returned AS double) / n_new_users AS share
FROM first_days
WHERE DATE_DIFF('day', first_seen_on, last_seen_on) >= days_later
ORDER BY first_seen_on;

-- name: revenue_by_day
-- What purchases brought in by day and currency; negative amounts are taken off. See revenue for the
-- classes of amount, transactions included.
-- parameters: first_year, last_year, first_day, last_day    columns: paid_on, currency, n_purchases, revenue
SELECT
  CAST("timestamp" AS date) AS paid_on,
  currency,
  COUNT(*) AS n_purchases,
  SUM(amount) AS revenue
FROM eventstream.events_unique
WHERE
  year BETWEEN ? AND ?
  AND year || '-' || month || '-' || day BETWEEN ? AND ?
  AND event_type = 'purchase'
GROUP BY 1, currency
ORDER BY paid_on, currency;

-- name: experiment_exposures
-- Users of one day by the variant that they were shown, of one experiment, and by the one that they
-- are assigned. Where the two differ, the client shows what it should not; a user who is in several
-- rows was shown several variants, and is excluded from results.
-- parameters: year, month, day, experiment_id    columns: shown, assigned, n_users, n_exposures
WITH exposures AS (
  SELECT
    user_id,
    experiments,
    JSON_EXTRACT_SCALAR(properties, '$.experiment_id') AS experiment_id,
    JSON_EXTRACT_SCALAR(properties, '$.variant') AS shown
  FROM eventstream.events_unique
  WHERE year = ? AND month = ? AND day = ? AND event_type = 'exposure'
)
SELECT
  shown,
  ELEMENT_AT(experiments, experiment_id) AS assigned,
  COUNT(DISTINCT user_id) AS n_users,
  COUNT(*) AS n_exposures
FROM exposures
WHERE experiment_id = ?
GROUP BY 1, 2
ORDER BY 1, 2;

-- name: experiment_crossovers
-- Users who were shown more than one variant of one experiment, of one day.
-- parameters: year, month, day, experiment_id    columns: user_id, n_variants, first_shown, last_shown
WITH exposures AS (
  SELECT
    user_id,
    "timestamp",
    JSON_EXTRACT_SCALAR(properties, '$.experiment_id') AS experiment_id,
    JSON_EXTRACT_SCALAR(properties, '$.variant') AS variant
  FROM eventstream.events_unique
  WHERE year = ? AND month = ? AND day = ? AND event_type = 'exposure'
)
SELECT
  user_id,
  COUNT(DISTINCT variant) AS n_variants,
  MIN_BY(variant, "timestamp") AS first_shown,
  MAX_BY(variant, "timestamp") AS last_shown
FROM exposures
WHERE experiment_id = ?
GROUP BY user_id
HAVING COUNT(DISTINCT variant) > 1
ORDER BY user_id;

-- name: experiment_funnel
-- Of each assigned variant's users, how many were exposed, and how many of those did something after
-- that, such as 'purchase', of one day.
-- parameters: year, month, day, experiment_id, event_type    columns: variant, n_exposed, n_converted, share
WITH events AS (
  SELECT
    user_id,
    event_type,
    "timestamp",
    experiments,
    JSON_EXTRACT_SCALAR(properties, '$.experiment_id') AS exposed_to
  FROM eventstream.events_unique
  WHERE year = ? AND month = ? AND day = ? AND experiments IS NOT NULL
),
asked AS (
  SELECT
    events.user_id,
    events.event_type,
    events."timestamp",
    ELEMENT_AT(events.experiments, named.experiment_id) AS variant,
    named.goal,
    MIN(
      IF(
        events.event_type = 'exposure' AND events.exposed_to = named.experiment_id,
        events."timestamp"
      )
    ) OVER (PARTITION BY events.user_id) AS exposed_at
  FROM events
  CROSS JOIN (VALUES (?, ?)) AS named (experiment_id, goal)
)
SELECT
  variant,
  COUNT(DISTINCT user_id) AS n_exposed,
  COUNT(DISTINCT IF(event_type = goal AND "timestamp" >= exposed_at, user_id)) AS n_converted,
  CAST(COUNT(DISTINCT IF(event_type = goal AND "timestamp" >= exposed_at, user_id)) AS double)
    / COUNT(DISTINCT user_id) AS share
FROM asked
WHERE variant IS NOT NULL AND exposed_at IS NOT NULL
GROUP BY variant
ORDER BY variant;
