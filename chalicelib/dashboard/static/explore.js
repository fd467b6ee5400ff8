// Any metric of any types over any range: as a chart, a table and a file.

import { marksOf } from "./anomalies.js";
import { momentText } from "./chart.js";
import { download } from "./csv.js";
import { el, render } from "./dom.js";
import { controls } from "./explore-controls.js";
import { BUSIEST, before, hourText, metricOf, parametersOf, periodOf, stateOf } from "./explore-state.js";
import { change, compact, count, dateTime, dayOfUtc } from "./format.js";
import { legend, note, number, quietButton, scrollable, seriesTable, showAll, when } from "./parts.js";
import { ALL, Rows, readTypes, valuesOf } from "./rows.js";
import { Palette, SLOTS } from "./series.js";
import { DAY, HOUR, SECOND, iso, momentsOf, startOf } from "./time.js";

const SHOWN_ROWS = 24;

export function startExplore(root, context, parameters) {
  const state = stateOf(parameters);
  const view = {
    ...context,
    state,
    metric: metricOf(state.metric),
    rows: new Rows(context),
    earlier: new Rows(context),
    palette: new Palette(),
    types: context.api.known?.types ?? [],
    ranked: [],
    anomalies: [],
    period: () => periodOf(state, context.clock.now()),
    draw: () => draw(root, view),
    go: (changes) => context.go("explore", parametersOf({ ...stateOf(context.asked()), ...changes })),
  };
  view.draw();
  return {
    draw: view.draw,
    jobs: [{ everyMs: 60 * SECOND, run: () => read(view) }, { everyMs: 4 * SECOND, run: () => readCurrent(view) }],
  };
}

async function read(view) {
  const { api, rows, earlier, state } = view;
  const period = view.period();
  try {
    Object.assign(view, await readTypes(view));
    if (state.types === BUSIEST) view.ranked = await rank(view, period);
    const wanted = { by: state.by, types: typesAsked(view) };
    const range = { from: iso(period.from), to: iso(period.to), state: "standing" };
    const [{ anomalies }] = await Promise.all([
      api.getAll("anomalies", range, "anomalies"),
      rows.read({ ...period, ...wanted }),
      state.compare && earlier.read({ ...before(period), ...wanted }),
    ]);
    if (!view.isLoaded) await readCurrent(view);
    Object.assign(view, { anomalies, refusal: null, isLoaded: true });
  } catch (error) {
    if (error.kind !== "invalid") throw error;
    // Such as a range that is too wide: the API says what would fit.
    view.refusal = error.message;
  }
}

async function readCurrent(view) {
  const { to, step } = view.period();
  const isOpen = step === HOUR && to > view.clock.now();
  // Until then it isn't known which types are the busiest.
  if (isOpen && view.rows.isLoaded) await view.rows.readCurrent(typesAsked(view));
}

/** The types that are drawn by themselves. */
function chosen({ state, ranked }) {
  if (state.types === ALL) return [];
  return (state.types === BUSIEST ? ranked : state.types.split(",")).slice(0, SLOTS);
}

/** Types by the metric's value over the whole period, the highest first. */
async function rank({ api, metric }, { from, to }) {
  const { rows } = await api.getAll("metrics", { by: "range", from: iso(from), to: iso(to) });
  rows.sort((a, b) => metric.value(b) - metric.value(a));
  return rows.map((row) => row.event_type).filter((type) => type !== ALL);
}

const typesAsked = (view) => [ALL, ...chosen(view)];

function draw(root, view) {
  const { isLoaded, refusal, rows } = view;
  // What the view showed before a choice stays until there is something else to show.
  if (!isLoaded && !refusal && root.querySelector("#explored")) return;
  if (!isLoaded || refusal || rows.all.length === 0) return render(root, controls(view), problem(view));
  const series = seriesOf(view);
  render(root, controls(view), results(view, series));
  view.chart.draw(root.querySelector("#explored"), chartOf(view, series));
}

function problem({ refusal, isLoaded, newestHour, go, state }) {
  if (refusal) {
    const byDay = quietButton("Show by day", () => go({ by: "day" }));
    return el("div.notice", { role: "alert" }, el("p", refusal), state.by === "hour" && byDay);
  }
  if (!isLoaded) return note("Loading…");
  if (!newestHour) return note("No events yet. The overview shows how to send the first one.");
  const [from, to] = [newestHour - 23 * HOUR, newestHour + HOUR].map(hourText);
  const onclick = () => go({ range: "custom", from, to, by: "hour" });
  return el("div.empty",
    el("h2", "No events in this range"),
    note("The newest events are from ", when(newestHour), "."),
    el("p", el("button", { onclick }, "Show the 24 hours up to then")));
}

function seriesOf(view) {
  const { state, metric, rows, earlier, palette } = view;
  const types = chosen(view);
  palette.assign(types);
  const lines = (source, period) => {
    const values = (type) => valuesOf(source.of(type), period, metric.value, metric.isSum ? 0 : null);
    if (types.length === 0) return [{ name: "all types", slot: 1, values: values(ALL) }];
    return palette.series(types, values, state.types === BUSIEST && metric.isSum ? values(ALL) : null);
  };
  const period = view.period();
  const current = lines(rows, period);
  if (!earlier.isLoaded) return current;
  const past = lines(earlier, before(period)).map((one) => ({ ...one, name: `${one.name}, before`, isBefore: true }));
  return current.flatMap((one) => [one, ...past.filter(({ name }) => name === `${one.name}, before`)]);
}

function results(view, series) {
  const { state, metric } = view;
  const name = `eventstream-${state.metric}-${hourText(view.period().from)}`;
  const absent = chosen(view).filter((type) => !view.rows.of(type).length);
  return el("section",
    el("div.head",
      el("h2", `${metric.name} by ${state.by}`),
      el("p.fresh", rangeText(view)),
      quietButton("Download CSV", () => download(name, linesOf(view, series)))),
    legend(series),
    absent.length > 0 && note(`Not in this range: ${absent.join(", ")}.`),
    el("div.chart.tall", { id: "explored", "data-own": true }),
    valuesTable(view, series));
}

function rangeText({ rows, clock, period }) {
  const { from, to, step } = period();
  const now = clock.now();
  if (step === DAY) return `${dayOfUtc(from)} – ${dayOfUtc(to - 1)}, UTC days`;
  const settled = rows.settledUntil(from, Math.min(to, startOf(HOUR, now)));
  const state = settled >= to ? "final" : `final to ${dateTime(settled)}, then live`;
  return [when(from), " – ", when(Math.min(to, now)), `, ${state}`];
}

function chartOf(view, series) {
  const { state, metric, anomalies, clock } = view;
  const period = view.period();
  const types = chosen(view);
  const isWhole = metric.format === count;
  const tick = isWhole ? compact : (metric.tick ?? metric.format);
  const isShown = (one) => one.metric === metric.anomaly && (types.length === 0 || types.includes(one.event_type));
  return {
    label: `${metric.name} by ${state.by}: ${series.map(({ name }) => name).join("; ")}.`,
    moments: momentsOf(period),
    step: period.step,
    series,
    isUnfinished: period.to > clock.now(),
    isWhole,
    format: (value, isTick) => (isTick ? tick : metric.format)(value),
    marks: state.by === "hour" ? marksOf(anomalies.filter(isShown)) : [],
  };
}

function valuesTable(view, series) {
  const { metric, clock } = view;
  const { step } = view.period();
  const moments = momentsOf(view.period());
  const finished = moments.filter((moment) => moment + step <= clock.now()).length;
  const limit = view.areAllShown ? Infinity : SHOWN_ROWS;
  const options = {
    format: metric.format,
    label: (moment) => momentText(moment, step),
    limit,
    more: series.length === 2 && series[1].isBefore ? [changeColumn(series, finished)] : [],
  };
  return [scrollable(seriesTable(moments, series, options)), showAll(view, limit, moments, "rows")];
}

function changeColumn([now, past], finished) {
  const text = ({ n }) => {
    const found = n < finished && change(now.values[n], past.values[n]);
    return found ? { up: "+", down: "−", same: "=" }[found.direction] + found.text : "–";
  };
  return number("Change", text, false);
}

/** For a file: every row, the oldest first, and numbers as they are. */
function linesOf({ state, period }, series) {
  const { step } = period();
  const head = ["from", "to", ...series.map(({ name }) => `${state.metric} ${name}`)];
  const line = (moment, n) => [iso(moment), iso(moment + step), ...series.map(({ values }) => values[n])];
  return [head, ...momentsOf(period()).map(line)];
}
