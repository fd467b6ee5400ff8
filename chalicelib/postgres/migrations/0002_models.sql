-- Models: how the credit of a checkout is shared among the clicks of its user in the window before.
--
-- A credit is in billionths, and revenue in micros. Shares are rounded down, and the last click
-- takes the rest, so that those of a checkout add up exactly.

-- Reading chooses checkouts and clicks by time. Both arrive about in its order, so that an index of
-- block ranges finds them, at a thousandth of the size and of the cost of a tree.
CREATE INDEX raw_clicks_by_day ON raw_clicks
  USING brin (clicked_at) WITH (pages_per_range = 32, autosummarize = on);
CREATE INDEX raw_checkouts_by_day ON raw_checkouts
  USING brin (checked_out_at) WITH (pages_per_range = 32, autosummarize = on);

-- An enum, because a misspelt model must be an error and not an empty answer.
CREATE TYPE attribution_model AS ENUM (
  'first_click', 'last_click', 'linear', 'position_based', 'time_decay'
);
CREATE TYPE attribution_group AS ENUM ('campaign', 'source');
CREATE DOMAIN half_life AS interval CHECK (VALUE > interval '0');

-- Every click in the window of a checkout. Clicks are looked up by checkout, and not joined: so a
-- condition on the checkout reaches its table, and no plan reads all clicks.
CREATE VIEW touches AS
SELECT
  c.user_id, c.checkout_id, c.checked_out_at, c.amount, c.currency,
  k.click_id, k.clicked_at, k.source, k.campaign, k.nth, k.n_touches
FROM attribution_settings s
CROSS JOIN raw_checkouts c
CROSS JOIN LATERAL (
  SELECT
    k.click_id, k.clicked_at, k.source, k.campaign,
    row_number() OVER (ORDER BY k.clicked_at, k.click_id) AS nth,
    count(*) OVER () AS n_touches
  FROM raw_clicks k
  WHERE k.user_id = c.user_id
    AND k.clicked_at BETWEEN c.checked_out_at - s.window_length AND c.checked_out_at
) k;

-- The part of an amount. In two steps, because the product doesn't fit a bigint.
CREATE FUNCTION part_of(micros bigint, nanos bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN micros / 1000000000 * nanos + micros % 1000000000 * nanos / 1000000000;

-- The models that credit one click. The index has it, without a look at the others.
CREATE FUNCTION undivided_credits(model attribution_model, from_at timestamptz, to_at timestamptz)
RETURNS TABLE (
  user_id text, checkout_id text, checked_out_at timestamptz, currency text,
  click_id text, clicked_at timestamptz, source text, campaign text,
  credit_nanos bigint, revenue_micros bigint
)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT
    c.user_id, c.checkout_id, c.checked_out_at, c.currency,
    k.click_id, k.clicked_at, k.source, k.campaign, 1000000000, (c.amount * 1000000)::bigint
  FROM attribution_settings s
  CROSS JOIN raw_checkouts c
  LEFT JOIN LATERAL (
    SELECT k.click_id, k.clicked_at, k.source, k.campaign
    FROM raw_clicks k
    WHERE k.user_id = c.user_id
      AND k.clicked_at BETWEEN c.checked_out_at - s.window_length AND c.checked_out_at
    ORDER BY k.clicked_at, k.click_id
    LIMIT 1
  ) k ON true
  WHERE model = 'first_click' AND c.checked_out_at >= from_at AND c.checked_out_at < to_at
  UNION ALL
  SELECT
    c.user_id, c.checkout_id, c.checked_out_at, c.currency,
    k.click_id, k.clicked_at, k.source, k.campaign, 1000000000, (c.amount * 1000000)::bigint
  FROM attribution_settings s
  CROSS JOIN raw_checkouts c
  LEFT JOIN LATERAL (
    SELECT k.click_id, k.clicked_at, k.source, k.campaign
    FROM raw_clicks k
    WHERE k.user_id = c.user_id
      AND k.clicked_at BETWEEN c.checked_out_at - s.window_length AND c.checked_out_at
    ORDER BY k.clicked_at DESC, k.click_id DESC
    LIMIT 1
  ) k ON true
  WHERE model = 'last_click' AND c.checked_out_at >= from_at AND c.checked_out_at < to_at;
END;

-- The models that share it out. Every window is that of one checkout, so that nothing is sorted.
CREATE FUNCTION divided_credits(
  model attribution_model, from_at timestamptz, to_at timestamptz, half_life half_life
)
RETURNS TABLE (
  user_id text, checkout_id text, checked_out_at timestamptz, currency text,
  click_id text, clicked_at timestamptz, source text, campaign text,
  credit_nanos bigint, revenue_micros bigint
)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT
    c.user_id, c.checkout_id, c.checked_out_at, c.currency,
    k.click_id, k.clicked_at, k.source, k.campaign,
    coalesce(k.nanos, 1000000000),
    CASE WHEN k.click_id IS NULL THEN c.micros ELSE k.micros END
  FROM attribution_settings s
  CROSS JOIN (
    SELECT c.*, (c.amount * 1000000)::bigint AS micros
    FROM raw_checkouts c
    WHERE c.checked_out_at >= from_at AND c.checked_out_at < to_at
  ) c
  LEFT JOIN LATERAL (
    WITH touch AS (
      SELECT
        k.click_id, k.clicked_at, k.source, k.campaign,
        row_number() OVER (ORDER BY k.clicked_at, k.click_id) AS nth,
        count(*) OVER () AS n,
        -- Ages count from the last click, whose weight is 1, so that the weights of a checkout
        -- never all vanish. PostgreSQL's exp raises an error on underflow: exp(-600) is 1e-261.
        exp(greatest(
          -600,
          -ln(2::float8) * extract(epoch FROM max(k.clicked_at) OVER () - k.clicked_at)::float8
            / extract(epoch FROM half_life)::float8
        )) AS weight
      FROM raw_clicks k
      WHERE k.user_id = c.user_id
        AND k.clicked_at BETWEEN c.checked_out_at - s.window_length AND c.checked_out_at
    ),
    parted AS (
      SELECT
        t.*,
        CASE model
          WHEN 'linear' THEN 1000000000 / n
          WHEN 'position_based' THEN CASE
            WHEN n = 2 THEN 500000000
            WHEN nth IN (1, n) THEN 400000000
            ELSE 200000000 / greatest(n - 2, 1)
          END
          WHEN 'time_decay' THEN floor(1e9::float8 * weight / sum(weight) OVER ())::bigint
        END AS part
      FROM touch t
    ),
    credited AS (
      SELECT
        p.*,
        CASE WHEN nth < n THEN part ELSE 1000000000 - (sum(part) OVER () - part)::bigint END AS nanos
      FROM parted p
    ),
    paid AS (SELECT d.*, part_of(c.micros, d.nanos) AS paid FROM credited d)
    SELECT
      click_id, clicked_at, source, campaign, nanos,
      CASE WHEN nth < n THEN paid ELSE c.micros - (sum(paid) OVER () - paid)::bigint END AS micros
    FROM paid
  ) k ON true
  WHERE model IN ('linear', 'position_based', 'time_decay');
END;

-- Who gets which credit for the checkouts of a range: a row for each click with a share, and one
-- without a click for each unattributed checkout, so that credits and revenue add up to those of
-- all checkouts.
CREATE FUNCTION attribution_credits(
  model attribution_model, from_at timestamptz, to_at timestamptz,
  half_life half_life DEFAULT '10 minutes'
)
RETURNS TABLE (
  user_id text, checkout_id text, checked_out_at timestamptz, currency text,
  click_id text, clicked_at timestamptz, source text, campaign text,
  credit_nanos bigint, revenue_micros bigint
)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT * FROM undivided_credits(model, from_at, to_at)
  UNION ALL
  SELECT * FROM divided_credits(model, from_at, to_at, half_life);
END;

-- The answer of GET /attribution. Rows by `place`: groups from 1, the largest first; 0 for the
-- others, added up; -1 for the unattributed. An empty name is that of clicks without a campaign.
CREATE FUNCTION attribution_report(
  model attribution_model, from_at timestamptz, to_at timestamptz,
  by_group attribution_group, half_life half_life, most integer
)
RETURNS TABLE (
  place bigint, name text, n_groups bigint, clicks bigint, credit_nanos bigint, final_nanos bigint,
  revenue_micros jsonb, median_s integer, p90_s integer
)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
  WITH credit AS MATERIALIZED (
    SELECT
      CASE
        WHEN click_id IS NULL THEN NULL
        WHEN by_group = 'source' THEN source
        ELSE coalesce(campaign, '')
      END AS name,
      c.credit_nanos,
      CASE WHEN c.checked_out_at <= f.final_until THEN c.credit_nanos ELSE 0 END AS final_nanos,
      c.currency, c.revenue_micros,
      floor(extract(epoch FROM c.checked_out_at - c.clicked_at))::integer AS taken_s
    FROM attribution_credits(model, from_at, to_at, half_life) c
    CROSS JOIN finality f
  ),
  clicked AS (
    SELECT
      CASE WHEN by_group = 'source' THEN source ELSE coalesce(campaign, '') END AS name,
      count(*) AS clicks
    FROM raw_clicks
    WHERE clicked_at >= from_at AND clicked_at < to_at
    GROUP BY 1
  ),
  ranked AS (
    SELECT
      name, clicks, n_groups, CASE WHEN place <= most THEN place ELSE 0 END AS place
    FROM (
      SELECT
        name, sum(clicks)::bigint AS clicks, count(*) OVER () AS n_groups,
        row_number() OVER (ORDER BY sum(nanos) DESC, sum(clicks) DESC, name COLLATE "C") AS place
      FROM (
        SELECT name, credit_nanos AS nanos, 0 AS clicks FROM credit WHERE name IS NOT NULL
        UNION ALL
        SELECT name, 0, clicks FROM clicked
      ) AS either
      GROUP BY name
    ) AS whole
  ),
  groups AS (
    SELECT place, CASE WHEN place > 0 THEN min(name) END AS name, max(n_groups) AS n_groups,
           sum(clicks)::bigint AS clicks
    FROM ranked
    GROUP BY place
    UNION ALL
    SELECT -1, NULL, 0, 0
  ),
  placed AS MATERIALIZED (
    SELECT coalesce(r.place, -1) AS place, c.*
    FROM credit c LEFT JOIN ranked r USING (name)
  ),
  money AS (
    SELECT place, jsonb_object_agg(currency, micros) AS revenue_micros
    FROM (
      SELECT place, currency, sum(revenue_micros)::bigint AS micros
      FROM placed
      WHERE currency IS NOT NULL AND revenue_micros IS NOT NULL
      GROUP BY place, currency
    ) AS by_currency
    GROUP BY place
  ),
  counted AS (
    SELECT place, sum(credit_nanos)::bigint AS credit_nanos, sum(final_nanos)::bigint AS final_nanos
    FROM placed
    GROUP BY place
  ),
  timed AS (
    SELECT
      place,
      min(taken_s) FILTER (WHERE 2 * running >= whole) AS median_s,
      min(taken_s) FILTER (WHERE 10 * running >= 9 * whole) AS p90_s
    FROM (
      SELECT
        place, taken_s,
        sum(nanos) OVER (PARTITION BY place ORDER BY taken_s) AS running,
        sum(nanos) OVER (PARTITION BY place) AS whole
      FROM (
        SELECT place, taken_s, sum(credit_nanos) AS nanos
        FROM placed
        WHERE taken_s IS NOT NULL
        GROUP BY place, taken_s
      ) AS by_second
    ) AS cumulated
    GROUP BY place
  )
  SELECT
    g.place, g.name, g.n_groups, g.clicks,
    coalesce(c.credit_nanos, 0), coalesce(c.final_nanos, 0),
    coalesce(m.revenue_micros, '{}'::jsonb), t.median_s, t.p90_s
  FROM groups g
  LEFT JOIN counted c USING (place)
  LEFT JOIN money m USING (place)
  LEFT JOIN timed t USING (place)
  ORDER BY g.place;
END;
