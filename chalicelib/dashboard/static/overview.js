// How today goes: five figures, what is happening now, and the types.

import { ALL, explain, marksOf, typeName } from "./anomalies.js";
import { Chart } from "./chart.js";
import { el, render } from "./dom.js";
import { firstEvent } from "./empty.js";
import { change, clockTime, compact, count, dateTime, latency, money, percent } from "./format.js";
import { OverviewData, RANGES } from "./overview-data.js";
import { figure, freshness, segments, select, table, when } from "./parts.js";
import { Poll } from "./poll.js";
import { spark } from "./spark.js";
import { busiest, eventsIn, figuresOf, lastHour, rowOf, valuesOf } from "./today.js";
import { HOUR, startOfDay } from "./time.js";
import { fragmentOf } from "./url.js";

const SHOWN_ROWS = 12;

export function startOverview(root, context, parameters) {
  const range = parameters.range in RANGES ? parameters.range : "hour";
  const type = parameters.type || ALL;
  const data = new OverviewData(context, { range, type });
  const view = { data, context, range, type, areAllShown: false };
  const draw = () => drawOverview(root, view);
  view.onShowAll = () => { view.areAllShown = true; draw(); };
  const poll = new Poll(data.jobs, () => { draw(); context.onPolled(poll); });
  return {
    poll,
    stop() {
      poll.stop();
      view.chart?.destroy();
    },
  };
}

function drawOverview(root, view) {
  const { data, context } = view;
  if (!data.isLoaded) return;
  if (data.hasNothing) {
    view.chart?.destroy();
    view.chart = null;
    render(root, firstEvent());
    return;
  }
  render(root, heading(view), tiles(view), now(view), types(view));
  drawChart(root, view);
}

function heading({ data, context, range, type }) {
  const types = [[ALL, "All types"], ...[...new Set([...data.types, ...busiest(data.minutes.rows), ...(type === ALL ? [] : [type])])].map((name) => [name, name])];
  const go = (parameters) => context.go("overview", { range: range === "hour" ? null : range, type: type === ALL ? null : type, ...parameters });
  return el("div", { class: "head" }, el("h1", {}, "Today"), select("Event type", types, type, (value) => go({ type: value === ALL ? null : value })));
}

// ── The figures of today ────────────────────────────────────────────────────────────────────

function tiles(view) {
  const { data, type } = view;
  const [today, ...before] = data.ranges.map((answer) => rowOf(answer, type));
  const figures = figuresOf(today ?? null, data.liveOf(type));
  const settled = figuresOf(today ?? null, []);
  const earlier = before.map((row) => figuresOf(row, []));
  const live = freshness(data.updatedAt, "live");
  const rolledUp = today ? freshness(data.settled, today.final ? "final" : "not final") : el("span", { class: "fresh" }, "no full hour yet");
  const compare = (value, options) => comparisons(view, earlier.map((other) => change(value(settled), value(other), options)));
  const hourly = (value, nothing, metric) => hourlySpark(view, value, nothing, metric);
  return el(
    "ul",
    { class: "tiles" },
    tile("Events", figure(count(figures.events)), live, compare((f) => f.events), hourly(eventsIn, 0, "volume")),
    tile(figures.areUsersEstimated ? "Users ≈" : "Users", figure(count(figures.users)), rolledUp, compare((f) => f.users), hourly((row) => row.users ?? null, null)),
    tile("Error rate", figure(percent(figures.errorRate)), live, compare((f) => f.errorRate, { isShare: true }), hourly((row) => row.error_rate, null, "error_rate")),
    latencyTile(figures, today ? rolledUp : live, compare, hourly),
    revenueTile(figures, live, compare, hourly),
  );
}

function tile(name, value, fresh, comparison, line, more = null) {
  return el("li", { class: "tile" }, el("h2", {}, name), el("p", { class: "value" }, value), el("p", { class: "under" }, fresh), more, comparison, line);
}

function latencyTile({ latency: figures }, fresh, compare, hourly) {
  const more = figures && el("p", { class: "under" }, `p50 ${latency(figures.p50_ms)} · p99 ${latency(figures.p99_ms)}`);
  return tile("Latency p95", figure(latency(figures?.p95_ms ?? null)), fresh, compare((f) => f.latency?.p95_ms), hourly((row) => row.latency?.p95_ms ?? null, null, "latency"), more);
}

function revenueTile({ amounts }, fresh, compare, hourly) {
  const [[currency, total] = [null, null], ...others] = amounts;
  if (!currency) return tile("Revenue", figure("–"), el("span", { class: "fresh" }, "no amounts today"), null, null);
  const digits = total >= 10_000 ? { maximumFractionDigits: 0 } : {};
  const more = others.length > 0 && el("p", { class: "under" }, others.map(([name, amount]) => money(amount, name, digits)).join(" · "));
  return tile("Revenue", figure(money(total, currency, digits)), fresh, compare((f) => f.amounts.get(currency)), hourly((row) => row.amounts[currency]?.total ?? 0, 0), more);
}

function comparisons({ data }, changes) {
  const until = clockTime(data.settled);
  return el("ul", { class: "changes" }, changes.map((found, n) => {
    if (!found) return null;
    const sign = { up: "▲", down: "▼", same: "=" }[found.direction];
    const title = `Full hours to ${until}, compared with the same hours ${["yesterday", "a week ago"][n]}`;
    return el("li", { title }, el("span", { class: "sign", "aria-hidden": "true" }, sign),
      el("span", { class: "visually-hidden" }, { up: "up ", down: "down ", same: "unchanged, " }[found.direction]), found.text, el("span", { class: "muted" }, [" yesterday", " last week"][n]));
  }));
}

function hourlySpark({ data, type }, value, nothing, metric = null) {
  const { period, values } = data.todayByHour(value, nothing);
  if (values.length < 2 || values.every((one) => !one)) return null;
  const marks = data.anomalies
    .filter((anomaly) => anomaly.metric === metric && anomaly.event_type === type && Date.parse(anomaly.hour) >= period.from)
    .map((anomaly) => (Date.parse(anomaly.hour) - period.from) / HOUR);
  return spark(values, { isUnfinished: true, marks });
}

// ── What is happening now ───────────────────────────────────────────────────────────────────

function now(view) {
  const { data, context, range, type } = view;
  const choose = (value) => context.go("overview", { range: value === "hour" ? null : value, type: type === ALL ? null : type });
  return el(
    "section",
    { "aria-labelledby": "now" },
    el("div", { class: "head" },
      el("h2", { id: "now" }, range === "hour" ? "Events per minute" : "Events per hour"),
      range === "hour" && lastMinute(view),
      anomalyButton(data, type),
      segments("range", "Range of the chart", Object.entries(RANGES), range, choose)),
    legend(view),
    el("div", { id: "chart", class: "chart", "data-own": true }),
    chartTable(view),
  );
}

function lastMinute({ data, context, type }) {
  const { to, step } = lastHour(context.clock.now());
  const full = data.minutes.rows.find((row) => row.event_type === type && Date.parse(row.to) === to - step);
  return el("p", { class: "muted" }, el("strong", {}, count(full?.records ?? 0)), " in the last full minute");
}

function anomalyButton({ anomalies }, type) {
  const found = anomalies.filter((anomaly) => type === ALL || anomaly.event_type === type);
  if (found.length === 0) return null;
  const text = found.length === 1 ? `1 anomaly, ${dateTime(Date.parse(found[0].hour))}` : `${found.length} anomalies`;
  return el("button", { type: "button", class: "anomaly", onclick: () => explain(found) }, el("span", { "aria-hidden": "true" }, "◆ "), text);
}

function legend({ data, context, type }) {
  if (type !== ALL) return null;
  const series = data.chartSeries(data.chartPeriod(context.clock.now()));
  if (series.length < 2) return null;
  return el("ul", { class: "legend" }, series.map(({ name, slot }) => el("li", { "data-key": name }, el("span", { class: `swatch series-${slot}` }), name)));
}

function drawChart(root, view) {
  const { data, context, type } = view;
  const holder = root.querySelector("#chart");
  if (view.chart && view.holder !== holder) view.chart.destroy();
  if (view.holder !== holder || !view.chart) {
    view.chart = new Chart(holder);
    view.holder = holder;
  }
  const period = data.chartPeriod(context.clock.now());
  const series = data.chartSeries(period);
  const moments = valuesOf([], period, null).map((_, n) => period.from + n * period.step);
  const anomalies = data.anomalies.filter((anomaly) => type === ALL || anomaly.event_type === type);
  view.chart.draw({
    label: chartLabel(view, series),
    moments,
    step: period.step,
    series,
    isUnfinished: true,
    format: (value, isTick) => (isTick ? compact(value) : count(value)),
    marks: marksOf(anomalies),
  });
}

function chartLabel({ range }, series) {
  const what = range === "hour" ? "Events per minute over the last hour" : `Events per hour over the last ${RANGES[range]}`;
  return `Line chart. ${what}: ${series.map(({ name }) => name).join(", ")}. Arrow keys read values; a table follows.`;
}

function chartTable(view) {
  const { data, context } = view;
  const period = data.chartPeriod(context.clock.now());
  const series = data.chartSeries(period);
  const rows = valuesOf([], period, null).map((_, n) => ({ moment: period.from + n * period.step, n })).reverse();
  const isOpen = document.getElementById("chart-table")?.open;
  return el(
    "details",
    { id: "chart-table", ontoggle: (event) => event.newState === "open" && !isOpen && view.redraw?.() },
    el("summary", {}, "Show as a table"),
    isOpen && el("div", { class: "scroll", tabindex: "0" }, table(
      "The values of the chart, the newest first",
      [{ name: "From", cell: ({ moment }) => when(moment, view.range === "hour" ? clockTime : dateTime) },
        ...series.map(({ name, values }) => ({ name, isNumber: true, cell: ({ n }) => count(values[n]) }))],
      rows, ({ moment }) => moment,
    )),
  );
}

// ── The types ───────────────────────────────────────────────────────────────────────────────

function types(view) {
  const { data, type } = view;
  const [today] = data.ranges;
  const live = [...data.gaps, ...data.current];
  const names = busiest([...(today?.rows ?? []), ...live]).filter((name) => type === ALL || name === type);
  const rows = names.map((name) => ({ name, ...figuresOf(rowOf(today, name), data.liveOf(name)) })).sort((a, b) => b.events - a.events);
  const shown = view.areAllShown ? rows : rows.slice(0, SHOWN_ROWS);
  const total = figuresOf(rowOf(today, ALL), data.liveOf(ALL)).events;
  return el(
    "section",
    { "aria-labelledby": "types" },
    el("div", { class: "head" }, el("h2", { id: "types" }, "Types today"),
      el("p", { class: "muted" }, "Events and errors ", freshness(data.updatedAt, "live"), today && ["; users and latency ", freshness(data.settled, rowOf(today, ALL)?.final ? "final" : "not final")])),
    rows.length ? table("Event types of today", typeColumns(view, total), shown, ({ name }) => name)
      : el("p", { class: "muted" }, "No events since ", when(startOfDay(view.context.clock.now()), clockTime), "."),
    shown.length < rows.length && el("button", { type: "button", class: "quiet", onclick: view.onShowAll }, `Show all ${count(rows.length)} types`),
  );
}

function typeColumns({ data, context }, total) {
  const period = lastHour(context.clock.now());
  const minutes = data.minutes.rows;
  const lastHourOf = (name) => spark(valuesOf(minutes.filter((row) => row.event_type === name), period, eventsIn), { isUnfinished: true, slot: data.palette.slotOf(name) });
  return [
    { name: "Type", cell: ({ name }) => [el("span", { class: `swatch series-${data.palette.slotOf(name)}` }), el("a", { href: fragmentOf("explore", { types: name }) }, typeName(name))] },
    { name: "Events", isNumber: true, cell: ({ events }) => count(events) },
    { name: "Share", isNumber: true, isMinor: true, cell: ({ events }) => percent(total ? events / total : null) },
    { name: "Users", isNumber: true, isMinor: true, cell: ({ users, areUsersEstimated }) => (areUsersEstimated ? `≈ ${count(users)}` : count(users)) },
    { name: "Errors", isNumber: true, cell: ({ errorRate }) => percent(errorRate) },
    { name: "p50", isNumber: true, isMinor: true, cell: ({ latency: figures }) => latency(figures?.p50_ms ?? null) },
    { name: "p95", isNumber: true, isMinor: true, cell: ({ latency: figures }) => latency(figures?.p95_ms ?? null) },
    { name: "Last hour", isMinor: true, cell: ({ name }) => lastHourOf(name) },
  ];
}
