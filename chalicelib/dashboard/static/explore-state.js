// What Explore shows, as the address says it.

import { count, latency, money, percent } from "./format.js";
import { ALL, eventsIn } from "./rows.js";
import { DAY, HOUR, lastSteps, startOf, startOfDay } from "./time.js";

const percentile = (name) => ({
  name: `Latency ${name}`,
  value: (row) => row.latency?.[`${name}_ms`] ?? null,
  format: latency,
  anomaly: "latency",
});

/** What can be shown of a row; `isSum` says that hours and types add up, so that a gap is a zero. */
const METRICS = {
  events: { name: "Events", value: eventsIn, format: count, isSum: true, anomaly: "volume" },
  users: { name: "Users", value: (row) => row.users ?? null, format: count },
  errors: { name: "Errors", value: (row) => row.errors, format: count, isSum: true },
  error_rate: { name: "Error rate", value: (row) => row.error_rate, format: percent, anomaly: "error_rate" },
  p50: percentile("p50"),
  p90: percentile("p90"),
  p95: percentile("p95"),
  p99: percentile("p99"),
};
const REVENUE = /^revenue:([A-Z]{3})$/;

export function metricOf(id) {
  const currency = REVENUE.exec(id)?.[1];
  if (!currency) return METRICS[id];
  return {
    name: `Revenue, ${currency}`,
    value: (row) => row.amounts[currency]?.total ?? 0,
    format: (value) => money(value, currency),
    tick: (value) => money(value, currency, { notation: "compact", maximumFractionDigits: 1 }),
    isSum: true,
  };
}

/** The metrics to choose from; revenue is one a currency. */
export function metricChoices(rows, chosen) {
  const revenues = rows.flatMap((row) => Object.keys(row.amounts)).map((currency) => `revenue:${currency}`);
  const ids = new Set([...Object.keys(METRICS), ...revenues.sort(), chosen]);
  return [...ids].map((id) => [id, metricOf(id).name]);
}

const DAYS = { "24h": 1, "7d": 7, "30d": 30, "90d": 90 };
export const RANGES = { "24h": "24 hours", "7d": "7 days", "30d": "30 days", "90d": "90 days", custom: "Dates" };
export const BUSIEST = "busiest";

/** Read the parameters of an address, defaults filled in. */
export function stateOf({ metric, types, range, from, to, by, compare }) {
  const isCustom = momentOf(from) < momentOf(to);
  const days = isCustom ? (momentOf(to) - momentOf(from)) / DAY : (DAYS[range] ?? 7);
  const preset = range in DAYS ? range : "7d";
  return {
    metric: metricOf(metric) ? metric : "events",
    types: types || ALL,
    range: isCustom ? "custom" : preset,
    from: isCustom ? from : null,
    to: isCustom ? to : null,
    by: by === "hour" || by === "day" ? by : stepFor(days),
    compare: Boolean(compare),
  };
}

const stepFor = (days) => (days > 8 ? "day" : "hour");

/** What the address needs to say of a state: only what differs from the usual. */
export function parametersOf({ metric, types, range, from, to, by, compare }) {
  return {
    metric: metric !== "events" && metric,
    types: types !== ALL && types,
    range: range in DAYS && range !== "7d" && range,
    from,
    to,
    by: by !== stateOf({ range, from, to }).by && by,
    compare: compare && 1,
  };
}

/** The period of a state, `{ from, to, step }`; days are those of UTC, since the API counts those. */
export function periodOf({ range, from, to, by }, now) {
  const step = by === "day" ? DAY : HOUR;
  if (range !== "custom") return lastSteps(now, (DAYS[range] * DAY) / step, step);
  return { from: startOf(step, momentOf(from)), to: startOf(step, momentOf(to) + step - 1), step };
}

/** The period of the same length before it. */
export const before = ({ from, to, step }) => ({ from: from - (to - from), to: from, step });

/** As addresses have it: 2026-11-21T09, in UTC. */
export const hourText = (moment) => new Date(moment).toISOString().slice(0, 13);

const momentOf = (text) => Date.parse(text?.length === 13 ? `${text}:00Z` : text);

/** The range of a viewer's days, from the values of two date fields; the last day is included. */
export function rangeOfDays(first, last) {
  const [start, end] = [first, last].map((text) => Date.parse(`${text}T00:00`));
  return start <= end ? { range: "custom", from: hourText(start), to: hourText(startOfDay(end, -1)) } : null;
}
