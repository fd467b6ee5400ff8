// The five figures of today, each with how fresh it is and how it compares.

import { el } from "./dom.js";
import { NOTHING, change, clockTime, count, latency, money, percent } from "./format.js";
import { figure, freshness } from "./parts.js";
import { eventsIn, valuesOf } from "./rows.js";
import { spark } from "./spark.js";
import { HOUR } from "./time.js";

// `of` takes a tile's value from a period's figures, and `at` from an hour's row, if there is one.
const TILES = [
  { name: "Events", format: count, isLive: true, of: (f) => f.events, at: eventsIn, nothing: 0, metric: "volume" },
  { name: "Users", format: count, of: (f) => f.users, at: ({ users }) => users ?? null },
  {
    name: "Error rate", format: percent, isLive: true, isShare: true, metric: "error_rate",
    of: (f) => f.errorRate,
    at: ({ error_rate: share }) => share,
    more: ({ errors }) => `${count(errors)} ${errors === 1 ? "error" : "errors"}`,
  },
  {
    name: "Latency p95", format: latency, metric: "latency",
    of: (f) => f.latency?.p95_ms,
    at: (row) => row.latency?.p95_ms ?? null,
    more: ({ latency: known }) => known && `p50 ${latency(known.p50_ms)}, p99 ${latency(known.p99_ms)}`,
  },
];

/** Revenue is shown in the currency that has most of it; the others are named below. */
function revenueTile({ amounts }) {
  const currency = amounts[0]?.[0];
  // Cents of a large sum only make it harder to read.
  const rounded = (amount, name) => money(amount, name, amount >= 10_000 ? { maximumFractionDigits: 0 } : {});
  return {
    name: "Revenue",
    format: (amount) => (currency ? rounded(amount, currency) : NOTHING),
    isLive: true,
    of: (figures) => figures.amounts.find(([name]) => name === currency)?.[1],
    at: (row) => row.amounts[currency]?.total ?? 0,
    nothing: 0,
    more: () => amounts.slice(1).map(([name, amount]) => rounded(amount, name)).join(", "),
  };
}

export function tiles(data) {
  const today = data.figures(data.type);
  return el("ul.tiles", [...TILES, revenueTile(today)].map((tile) => drawn(tile, today, data)));
}

function drawn(tile, today, data) {
  const { name, format, of, more } = tile;
  const isEstimate = name === "Users" && today.isEstimate;
  const text = format(of(today));
  return el("li.tile",
    el("h2", isEstimate ? "Users ≈" : name),
    el(`p.value${text.length > 10 ? ".long" : ""}`, figure(text)),
    el("p.fresh", freshnessOf(tile, today, data)),
    el("p.fresh", more?.(today)),
    comparison(tile, data),
    hourly(tile, data));
}

function freshnessOf({ isLive, metric }, today, { settled, updatedAt }) {
  const isFromLive = metric === "latency" ? today.isLatencyLive : isLive;
  if (isFromLive) return freshness(updatedAt, "live");
  if (!today.isSettled) return "counted after each hour";
  return freshness(settled, today.isFinal ? "final" : "not final");
}

/** Full hours with full hours: the running one has no counterpart on another day. */
function comparison({ of, isShare }, data) {
  const today = of(data.figures(data.type, 0, false));
  const days = [[1, "yesterday"], [2, "last week"]];
  return el("ul.changes", days.map(([range, day]) => {
    const found = change(today, of(data.figures(data.type, range)), isShare);
    if (!found) return null;
    const { direction, text } = found;
    const sign = el("span.sign", { "aria-hidden": "true" }, { up: "▲", down: "▼", same: "=" }[direction]);
    return el("li",
      { title: `Full hours until ${clockTime(data.settled)}, and the same hours ${day}` },
      sign,
      text && [el("span.visually-hidden", `${direction} `), text],
      el("span.muted", text ? ` vs ${day}` : `same as ${day}`));
  }));
}

function hourly({ at, nothing = null, metric }, { today, type, rows, anomalies }) {
  const values = valuesOf(rows.of(type), today, at, nothing);
  if (values.filter((one) => one !== null).length < 2 || !values.some(Boolean)) return null;
  const marks = anomalies
    .filter((anomaly) => anomaly.metric === metric && anomaly.event_type === type)
    .map(({ hour }) => (Date.parse(hour) - today.from) / HOUR)
    .filter((n) => n >= 0);
  return spark(values, { marks });
}
