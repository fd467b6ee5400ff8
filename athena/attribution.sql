-- Credits of attribution in the lake, as the job attribute-range writes them with target lake. Run
-- the first three statements once, after those of create_tables.sql; ${LAKE_BUCKET} is the lake
-- bucket's name. A query filters by model and day, so that Athena opens those files only.

-- name: create_attribution_credits
-- Credits that the job attribute-range wrote into the lake: also those of earlier runs, and of one
-- that is at work or failed. Read the view attribution instead, which has those that count.
-- parameters: none    columns: none
CREATE EXTERNAL TABLE IF NOT EXISTS eventstream.attribution_credits (
  user_id string,
  checkout_id string,
  checked_out_at timestamp COMMENT 'UTC, milliseconds',
  currency string COMMENT 'ISO 4217, in capitals',
  click_id string COMMENT 'null when the checkout is unattributed',
  clicked_at timestamp COMMENT 'UTC, milliseconds',
  source string COMMENT 'what sent the click',
  campaign string COMMENT 'of the click',
  credit_nanos bigint COMMENT 'billionths of the checkout',
  revenue_micros bigint COMMENT 'millionths of the currency',
  run_id string COMMENT 'begins with when the run began'
)
PARTITIONED BY (
  model string COMMENT 'first_click, last_click, linear, position_based or time_decay',
  day string COMMENT 'of the checkout, UTC: 2026-11-01'
)
STORED AS PARQUET
LOCATION 's3://${LAKE_BUCKET}/attribution/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.model.type' = 'enum',
  'projection.model.values' = 'first_click,last_click,linear,position_based,time_decay',
  'projection.day.type' = 'date',
  'projection.day.format' = 'yyyy-MM-dd',
  'projection.day.range' = '2020-01-01,NOW+1DAYS',
  'storage.location.template' = 's3://${LAKE_BUCKET}/attribution/model=${model}/day=${day}/'
);

-- name: create_attribution_runs
-- The runs that were finished: a row for each model and day that a run replaced.
-- parameters: none    columns: none
CREATE EXTERNAL TABLE IF NOT EXISTS eventstream.attribution_runs (
  model string,
  day string,
  run_id string,
  n_rows bigint COMMENT 'of this day in this run',
  half_life_ms bigint COMMENT 'of time_decay',
  window_ms bigint COMMENT 'how long a click counts',
  finished_at timestamp
)
STORED AS PARQUET
LOCATION 's3://${LAKE_BUCKET}/attribution/runs/';

-- name: create_attribution
-- The credits of each model and day, by the newest run that was finished. A run is finished by one
-- file, so that all of its days change at once. Always filter by model and day.
-- parameters: none    columns: those of attribution_credits
CREATE OR REPLACE VIEW eventstream.attribution AS
WITH newest AS (
  SELECT
    model,
    day,
    MAX(run_id) AS run_id
  FROM eventstream.attribution_runs
  GROUP BY model, day
)
SELECT
  credits.user_id,
  credits.checkout_id,
  credits.checked_out_at,
  credits.currency,
  credits.click_id,
  credits.clicked_at,
  credits.source,
  credits.campaign,
  credits.credit_nanos,
  credits.revenue_micros,
  credits.run_id,
  credits.model,
  credits.day
FROM eventstream.attribution_credits AS credits
INNER JOIN newest
  ON credits.model = newest.model
  AND credits.day = newest.day
  AND credits.run_id = newest.run_id;

-- name: attribution_by_campaign
-- Checkouts and revenue of each campaign under one model, by the checkouts of some days, such as
-- 'linear', '2026-11-01', '2026-11-25'. Clicks without a campaign are one group; unattributed
-- checkouts are another, which has no clicks.
-- parameters: model, first_day, last_day    columns: campaign, is_attributed, currency, n_checkouts, revenue
SELECT
  campaign,
  click_id IS NOT NULL AS is_attributed,
  currency,
  SUM(credit_nanos) / 1e9 AS n_checkouts,
  SUM(revenue_micros) / 1e6 AS revenue
FROM eventstream.attribution
WHERE model = ? AND day BETWEEN ? AND ?
GROUP BY campaign, click_id IS NOT NULL, currency
ORDER BY n_checkouts DESC, campaign, currency;
