-- The lake as Athena sees it. Run the statements one by one, in this order and in one region with
-- the bucket. ${LAKE_BUCKET} is the lake bucket's name; ${year} and its like are Athena's own.

-- name: create_database
-- The database of table and views.
-- parameters: none    columns: none
CREATE DATABASE IF NOT EXISTS eventstream
COMMENT 'EventStream: the lake of events';

-- name: create_events
-- Every record of the lake, repeats included. Always filter by year, month and day: a query without
-- them looks for a folder for every hour of every year. While an hour is being sealed, or was rebuilt
-- and is not sealed again yet, rows are there twice; in events_unique they never are.
-- parameters: none    columns: none
CREATE EXTERNAL TABLE IF NOT EXISTS eventstream.events (
  event_id string COMMENT 'given by the client, or a UUIDv7',
  event_type string COMMENT 'lower snake case, an open set',
  source string COMMENT 'what sent the event',
  user_id string,
  session_id string COMMENT 'null when the client gave none',
  `timestamp` timestamp COMMENT 'when it happened, UTC, milliseconds',
  ingested_at timestamp COMMENT 'when the API took it, UTC',
  latency_ms double COMMENT 'properties latency_ms, or else duration_ms',
  amount double COMMENT 'properties amount',
  currency string COMMENT 'properties currency, when it is an ISO 4217 code',
  value double COMMENT 'properties value',
  is_error boolean COMMENT 'an error event, a severe system event, a property error or a status of 500 and above',
  kinesis_stream string,
  kinesis_shard_id string,
  kinesis_sequence_number string COMMENT 'padded to 56 digits, so that it sorts as text',
  kinesis_partition_key string,
  kinesis_arrived_at timestamp COMMENT 'when the stream had it, UTC',
  transaction_date date COMMENT 'day of a transaction, purchase or checkout',
  amount_category string COMMENT 'of the same: micro, small, medium or large',
  is_high_value boolean COMMENT 'of the same: the amount is large',
  action_date date COMMENT 'day of a user_action',
  session_category string COMMENT 'of the same: short, medium or long',
  metric_date date COMMENT 'day of a metric',
  value_category string COMMENT 'of the same: negative, low, normal or high',
  is_out_of_range boolean COMMENT 'of the same: the value is negative or high',
  processed_at timestamp COMMENT 'when the row was made, UTC',
  processing_source string,
  processing_stage string,
  processing_version string,
  record_id string COMMENT 'SHA-256 of original_data, in hex',
  properties string COMMENT 'JSON, as it was sent',
  original_data string COMMENT 'the raw line, JSON',
  experiments map<string, string> COMMENT 'variants of the user by experiment, of events that a running one names',
  seconds_since_exposure double COMMENT 'of the same: since their property exposed_at',
  experiments_error string COMMENT 'why the experiments could not be looked up'
)
PARTITIONED BY (
  year string COMMENT 'of the event, UTC: 2026',
  month string COMMENT '01 to 12',
  day string COMMENT '01 to 31',
  hour string COMMENT '00 to 23'
)
STORED AS PARQUET
LOCATION 's3://${LAKE_BUCKET}/events/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.year.type' = 'integer',
  'projection.year.range' = '2020,2050',
  'projection.year.digits' = '4',
  'projection.month.type' = 'integer',
  'projection.month.range' = '1,12',
  'projection.month.digits' = '2',
  'projection.day.type' = 'integer',
  'projection.day.range' = '1,31',
  'projection.day.digits' = '2',
  'projection.hour.type' = 'integer',
  'projection.hour.range' = '0,23',
  'projection.hour.digits' = '2',
  'storage.location.template' = 's3://${LAKE_BUCKET}/events/year=${year}/month=${month}/day=${day}/hour=${hour}/'
);

-- name: create_events_unique
-- Every event once: of the records of one user and event_id, that which was ingested first. A repeat
-- is in the hour of its first record, so folders can be part of the key; being part of it, a filter
-- on them reaches the table.
-- parameters: none    columns: those of events
CREATE OR REPLACE VIEW eventstream.events_unique AS
WITH ranked AS (
  SELECT
    *,
    ROW_NUMBER() OVER (
      PARTITION BY year, month, day, hour, user_id, event_id
      ORDER BY
        ingested_at, kinesis_stream, kinesis_shard_id, kinesis_sequence_number, processed_at DESC
    ) AS nth_record
  FROM eventstream.events
)
SELECT
  event_id,
  event_type,
  source,
  user_id,
  session_id,
  "timestamp",
  ingested_at,
  latency_ms,
  amount,
  currency,
  value,
  is_error,
  kinesis_stream,
  kinesis_shard_id,
  kinesis_sequence_number,
  kinesis_partition_key,
  kinesis_arrived_at,
  transaction_date,
  amount_category,
  is_high_value,
  action_date,
  session_category,
  metric_date,
  value_category,
  is_out_of_range,
  processed_at,
  processing_source,
  processing_stage,
  processing_version,
  record_id,
  properties,
  original_data,
  experiments,
  seconds_since_exposure,
  experiments_error,
  year,
  month,
  day,
  hour
FROM ranked
WHERE nth_record = 1;
