// How today goes: five figures, what is happening now, and the types.

import { explain, marksOf } from "./anomalies.js";
import { addressOf } from "./api.js";
import { el, render } from "./dom.js";
import { clockTime, compact, count, dateTime, latency, longDay, percent } from "./format.js";
import { OverviewData, RANGES } from "./overview-data.js";
import {
  breakable, freshness, legend, note, number, quietButton, scrollable, segments, select, seriesTable, showAll, swatch, table, when,
} from "./parts.js";
import { ALL, busiest, eventsIn, valuesOf } from "./rows.js";
import { spark } from "./spark.js";
import { tiles } from "./tiles.js";
import { momentsOf } from "./time.js";
import { fragmentOf } from "./url.js";

const SHOWN_ROWS = 12;
const EVENT = { event_type: "page_view", source: "web", user_id: "usr_42", properties: { page: "/products/1" } };

export function startOverview(root, context, { range, type }) {
  const data = new OverviewData(context, { range: range in RANGES ? range : "hour", type: type || ALL });
  const view = {
    data,
    chart: context.chart,
    draw: () => draw(root, view),
    go: (changes) => go(context, changes),
  };
  return { jobs: data.jobs, draw: view.draw };
}

function go(context, changes) {
  const { range, type } = { ...context.asked(), ...changes };
  context.go("overview", { range: range !== "hour" && range, type: type !== ALL && type });
}

function draw(root, view) {
  const { data, chart } = view;
  if (!data.isLoaded) return;
  view.isTableOpen = root.querySelector("#values")?.open;
  if (data.isEmpty) return render(root, firstEvent());
  render(root, heading(view), tiles(data), now(view), types(view));
  chart.draw(root.querySelector("#chart"), chartOf(data));
}

/** Nothing has arrived yet: how to send a first event. */
function firstEvent() {
  const headers = '-H "Content-Type: application/json" -H "X-Api-Key: $API_KEY"';
  const line = `curl ${addressOf("events")} \\\n  ${headers} \\\n  -d '${JSON.stringify(EVENT)}'`;
  const copy = ({ target }) => navigator.clipboard.writeText(line).then(() => target.replaceChildren("Copied"));
  return el("section.empty",
    el("h1", "No events yet"),
    el("p", "Send the first one, with an ingest key in ", el("code", "API_KEY"), ":"),
    el("div.command", el("pre", { tabindex: "0" }, el("code", line)), quietButton("Copy", copy)),
    el("p.muted", el("span.dot"), "Waiting for it. It appears here within seconds."));
}

function heading({ data, go }) {
  const names = new Set([...data.types, ...busiest(data.minutes.all), data.type]);
  names.delete(ALL);
  const choices = [[ALL, "All types"], ...Array.from(names, (name) => [name, name])];
  return el("div.head",
    el("h1", "Today"),
    el("p.muted.minor", longDay(data.clock.now())),
    select("Event type", choices, data.type, (type) => go({ type })));
}

function now(view) {
  const { data, go } = view;
  const isMinutes = data.range === "hour";
  return el("section",
    el("div.head",
      el("h2", isMinutes ? "Events per minute" : "Events per hour"),
      isMinutes && lastMinute(data),
      anomalyButton(data),
      segments("Range", Object.entries(RANGES), data.range, (range) => go({ range }))),
    legend(data.series),
    el("div.chart", { id: "chart", "data-own": true }),
    quiet(data),
    chartTable(view));
}

function lastMinute({ minutes, period, type }) {
  const full = minutes.of(type).find((row) => Date.parse(row.to) === period.to - period.step);
  return note(el("strong", count(full?.records ?? 0)), " in the last full minute");
}

const anomaliesOf = ({ anomalies, type }) => anomalies.filter((one) => type === ALL || one.event_type === type);

function anomalyButton(data) {
  const found = anomaliesOf(data);
  if (found.length === 0) return null;
  const many = `${found.length} anomalies in ${RANGES[data.range === "week" ? "week" : "day"]}`;
  const text = found.length === 1 ? `Anomaly ${dateTime(found[0].hour)}` : many;
  return el("button.anomaly", { onclick: () => explain(found) }, `◆ ${text}`);
}

/** Nothing in the chart: say when there was something. */
function quiet({ series, newestHour }) {
  if (!newestHour || series.some(({ values }) => values.some(Boolean))) return null;
  const more = el("a", { href: fragmentOf("explore", { range: "30d" }) }, "Show 30 days");
  return note("No events in this range. The newest are from ", when(newestHour), ". ", more);
}

function chartOf(data) {
  const { series, period, range } = data;
  return {
    label: `Events per ${range === "hour" ? "minute" : "hour"}: ${series.map(({ name }) => name).join(", ")}.`,
    moments: momentsOf(period),
    step: period.step,
    series,
    isUnfinished: true,
    isWhole: true,
    format: (value, isTick) => (isTick ? compact : count)(value),
    marks: marksOf(anomaliesOf(data)),
  };
}

function chartTable(view) {
  const { series, period, range } = view.data;
  const label = range === "hour" ? clockTime : dateTime;
  return el("details",
    { id: "values", ontoggle: view.draw },
    el("summary", "Show as a table"),
    view.isTableOpen && scrollable(seriesTable(momentsOf(period), series, { format: count, label })));
}

function types(view) {
  const { data } = view;
  const isLive = (row) => "records" in row && Date.parse(row.from) >= data.today.from;
  const rows = busiest([...(data.ranges[0]?.rows ?? []), ...data.rows.all.filter(isLive)])
    .filter((name) => data.type === ALL || name === data.type)
    .map((name) => ({ name, ...data.figures(name) }));
  const limit = view.areAllShown ? Infinity : SHOWN_ROWS;
  const shown = rows.slice(0, limit);
  const all = data.figures(ALL);
  const state = all.isFinal ? "final" : "not final";
  const rolledUp = all.isSettled && ["; users and latency ", freshness(data.settled, state)];
  return el("section",
    el("div.head",
      el("h2", "Types today"),
      el("p.fresh", "Events and errors ", freshness(data.updatedAt, "live"), rolledUp)),
    rows.length ? table("Event types of today", typeColumns(data, all.events), shown, ({ name }) => name)
      : note("No events since ", when(data.today.from, clockTime), "."),
    showAll(view, limit, rows, "types"));
}

function typeColumns({ minutes, palette, lastHour }, total) {
  const line = (name) => spark(valuesOf(minutes.of(name), lastHour, eventsIn), { slot: palette.slotOf(name) });
  const link = (name) => el("a", { href: fragmentOf("explore", { types: name }) }, breakable(name));
  return [
    { name: "Type", cell: ({ name }) => el("div.row", swatch(palette.slotOf(name)), link(name)) },
    number("Events", ({ events }) => count(events), false),
    number("Share", ({ events }) => percent(total ? events / total : null)),
    number("Users", ({ users, isEstimate }) => `${isEstimate ? "≈ " : ""}${count(users)}`),
    number("Error rate", ({ errorRate }) => percent(errorRate), false),
    number("p50", ({ latency: known }) => latency(known?.p50_ms)),
    number("p95", ({ latency: known }) => latency(known?.p95_ms)),
    number("Last hour", ({ name }) => line(name)),
  ];
}
