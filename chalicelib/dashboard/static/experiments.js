// Which variant wins, whether that can be believed, and what each number says.

import { addressOf } from "./api.js";
import { el, render, svg } from "./dom.js";
import { NOTHING, count, dateTime, day, duration, money, percent } from "./format.js";
import { facts, legend, note, number, quietButton, scrollable, segments, swatch, table, when } from "./parts.js";
import { SLOTS } from "./series.js";
import { HOUR } from "./time.js";
import { fragmentOf } from "./url.js";

const SIGNS = {
  "invalid: sample ratio mismatch": ["bad", "✕"],
  "too early": ["muted", "…"],
  "guardrail hurt": ["attention", "▲"],
  winning: ["good", "✓"],
  losing: ["bad", "▼"],
  inconclusive: ["muted", "≈"],
};
const ROLES = { primary: "Primary metric, which decides", secondary: "Further metric", guardrail: "Guardrail" };
const LACKING = {
  too_few_users: "too few users",
  too_few_converters: "too few converters",
  too_few_values: "too few values",
  no_variation: "all the same",
  baseline_near_zero: "too uncertain",
};
const SIDES = { good: "✓ better: ", bad: "▼ worse: " };
const STATUSES = { all: "All", running: "Running", draft: "Drafts", stopped: "Stopped" };
const EXAMPLE = {
  name: "Green button",
  status: "running",
  variants: [{ key: "control", weight: 0.5 }, { key: "green", weight: 0.5 }],
  control: "control",
  primary_metric: { key: "purchases", event_type: "purchase" },
};
const MEANINGS = [
  ["Users", "were shown the variant. What they did before their first exposure doesn't count."],
  ["Lift", "is how much better or worse than the control, relative to it. One found early is exaggerated on average."],
  ["Interval", "allows for chance, however often you look. If it includes zero, both a gain and a loss are possible. It is not a range that holds the truth with 95 % probability."],
  ["p", "is how easily chance alone makes such a difference. It is not the probability that there is no effect. Those of metrics that don't decide are corrected for their number."],
  ["Verdict", "rests on the primary metric alone; a guardrail can only object. It can change when late events arrive, so every look is kept."],
  ["Split", "compares users with the configured weights. If it is broken, users of a variant are lost or added, and no other number can be trusted."],
];

const signed = formatter({ style: "percent", signDisplay: "exceptZero", maximumFractionDigits: 1 });
const digits = formatter({ maximumSignificantDigits: 4 });
const small = formatter({ maximumSignificantDigits: 2 });

function formatter(options) {
  const format = new Intl.NumberFormat(undefined, options);
  return (value) => (value == null ? NOTHING : format.format(value));
}

const chance = (p) => (p !== null && p < 0.001 ? "< 0.001" : small(p));
const range = (low, high) => `${signed(low)} to ${signed(high)}`;
const figures = (name, cell) => number(name, cell, false);
const slotOf = (place) => (place < SLOTS ? place + 1 : 0);

export function start(root, context, { id, status }) {
  const view = { context, id, status: status in STATUSES ? status : "all" };
  view.draw = () => draw(root, view);
  return { jobs: [{ everyMs: 20_000, run: () => read(view) }], draw: view.draw };
}

async function read(view) {
  const { context: { api }, id } = view;
  const { experiments, verdicts } = await api.get("experiments");
  const definition = experiments.find((one) => one.experiment_id === id);
  const hasLive = definition && definition.status !== "draft";
  const path = `experiments/${id}`;
  const [results, live] = await Promise.all([
    definition && api.get(`${path}/results`),
    hasLive && api.get(`${path}/live`, { by: "day" }),
  ]);
  Object.assign(view, { experiments, verdicts, definition, results, live });
}

function draw(root, view) {
  const { experiments, id, definition } = view;
  if (!experiments) return;
  view.isTableOpen = root.querySelector("#looks")?.open;
  if (definition) return render(root, one(view, root.clientWidth));
  if (id) return render(root, unknown(id));
  render(root, experiments.length === 0 ? firstExperiment() : list(view));
}

/** No experiment is defined yet: how to define a first one. */
function firstExperiment() {
  const headers = '-H "X-Api-Key: $ADMIN_KEY" -H "If-None-Match: *"';
  const fields = Object.entries(EXAMPLE).map(([name, value]) => `  "${name}": ${JSON.stringify(value)}`);
  const body = `{\n${fields.join(",\n")}\n}`;
  const line = `curl -X PUT ${addressOf("experiments/green-button")} \\\n  ${headers} -d '${body}'`;
  const copy = ({ target }) => navigator.clipboard.writeText(line).then(() => target.replaceChildren("Copied"));
  return el(
    "section.empty",
    el("h1", "No experiments yet"),
    el("p", "An experiment shows its variants to different users, and compares what they do after that. ",
      "Define the first one, with an admin key in ", el("code", "ADMIN_KEY"), ":"),
    el("div.command", el("pre", { tabindex: "0" }, el("code", line)), quietButton("Copy", copy)),
    note("Then send an event of type ", el("code", "exposure"), " with ", el("code", "experiment_id"), " and ", el("code", "variant"), " whenever a user sees one."),
  );
}

function unknown(id) {
  return el("section.empty", el("h1", "No such experiment"),
    el("p", "There is no experiment ", el("code", id), ". ", el("a", { href: "#experiments" }, "All experiments")));
}

function list({ experiments, verdicts, status, context }) {
  const shown = experiments.filter((one) => status === "all" || one.status === status);
  const link = ({ experiment_id: id, name }) => el("a", { href: fragmentOf("experiments", { id }) }, name);
  const verdict = ({ experiment_id: id, status: state }) =>
    (state === "draft" ? NOTHING : sign(verdicts[id]?.verdict ?? "too early"));
  const sentence = ({ experiment_id: id, status: state }) =>
    verdicts[id]?.sentence ?? (state === "draft" ? "It has not started." : "Results have not been computed yet.");
  const columns = [
    { name: "Experiment", cell: (row) => [link(row), el("p.fresh", row.experiment_id)] },
    { name: "Status", cell: (row) => row.status },
    { name: "Verdict", cell: verdict },
    { name: "In a sentence", isMinor: true, cell: sentence },
    number("Started", ({ started }) => (started ? when(started, day) : NOTHING)),
  ];
  const choose = (wanted) => context.go("experiments", { status: wanted !== "all" && wanted });
  return el(
    "section",
    el("div.head", el("h1", "Experiments"), segments("Status", Object.entries(STATUSES), status, choose)),
    shown.length === 0 && note("No experiment has this status."),
    shown.length > 0 && table("Experiments and their verdicts", columns, shown, (row) => row.experiment_id),
  );
}

function sign(verdict) {
  const [meaning, mark] = SIGNS[verdict] ?? ["muted", "…"];
  return el(`span.${meaning}`, el("span", { "aria-hidden": "true" }, `${mark} `), verdict);
}

function one(view, width) {
  const { definition, results, live } = view;
  const { metrics, split, exclusions } = results;
  return [
    conclusion(definition, results),
    overall(definition, results),
    metrics.map((metric) => metricSection(metric, results, definition)),
    results.looks.length > 0 && history(view, width),
    split && splitSection(split),
    exclusions && leftOut(metrics, exclusions),
    live && liveSection(live),
    el("section", el("details", { "data-key": "meanings" },
      el("summary", "What these numbers are, and what they are not"),
      facts(MEANINGS))),
  ];
}

function conclusion(definition, { conclusion: said, conclusions, notes }) {
  const others = conclusions.filter(({ variant }) => variant !== said.variant && said.variant);
  const other = ({ variant, verdict, sentence }) =>
    el("li", { "data-key": variant ?? sentence }, sign(verdict), variant && [" · ", el("strong", variant)], ": ", sentence);
  return el(
    "section",
    el("div.head", el("p.muted", definition.name), el("a", { href: "#experiments" }, "All experiments")),
    el("h1", sign(said.verdict)),
    el(
      "div.explanation",
      el("p", el("strong", said.sentence)),
      el("p", said.reason),
      el("p", el("strong", "What to do next: "), said.next_step),
    ),
    others.length > 0 && el("ul.needs", { "aria-label": "By variant" }, others.map(other)),
    notes.length > 0 && el("ul.needs.muted", { "aria-label": "Notes" }, notes.map((text) => el("li", { "data-key": text }, text))),
  );
}

function overall(definition, results) {
  const { started, stopped, hypothesis, target_lift: target, experiment_id: id } = definition;
  const { computed_at: at, hours_covered: covered, hours_missing: missing, users, planned_users: planned } = results;
  const hours = [duration(covered * HOUR), missing > 0 && `; ${count(missing)} more hours are not rolled up yet`];
  return el("section", facts([
    ["Experiment", el("code", id)],
    hypothesis && ["Hypothesis", hypothesis],
    ["Status", [definition.status, started && [", from ", when(started)], stopped && [" to ", when(stopped)]]],
    ["Users", [count(users), planned && definition.planned_users && ` of ${count(planned)} planned`]],
    target && ["Goal", `a change of ${percent(target)}`],
    ["Computed", at ? [when(at), ", of ", hours] : "not yet"],
  ].filter(Boolean)));
}

function metricSection(metric, results, definition) {
  const bounds = metric.variants.flatMap(({ comparison }) => Object.values(comparison?.lift ?? {}));
  const scale = scaleOf(bounds.filter((value) => value !== null));
  const isConversion = metric.kind === "conversion";
  const label = isConversion ? "Converted" : "Mean";
  const level = formatter({ style: "percent", maximumSignificantDigits: 3 })(1 - results.alpha);
  const columns = [
    { name: "Variant", cell: ({ variant }) => variant },
    number("Users", ({ users }) => count(users)),
    number(isConversion ? "Converters" : "With a value", (row) => count(row.nonzero_users)),
    figures(label, (row) => meanOf(row, metric, definition)),
    figures(`Lift, ${level} interval`, (row) => [lift(row, results), bar(row.comparison, sideOf(row.comparison, metric, results), scale)]),
    number("p", ({ comparison }) => chance(comparison?.holm_p ?? comparison?.p ?? null)),
  ];
  return el(
    "section",
    { "data-key": metric.key },
    el("div.head", el("h2", metric.key), el("p.fresh", ROLES[metric.role], metric.direction === "decrease" && "; less is better")),
    table(`${metric.key} by variant`, columns, metric.variants, ({ variant }) => variant),
    el("p.fresh", metric.explanation),
  );
}

function meanOf({ mean, adjusted_mean: adjusted }, { kind, key }, definition) {
  const all = [definition.primary_metric, ...definition.secondary_metrics, ...definition.guardrails];
  const { currency } = all.find((one) => one.key === key) ?? {};
  const shown = (value) => (kind === "conversion" ? percent(value) : currency ? money(value, currency) : digits(value));
  return [shown(mean), adjusted !== null && el("p.fresh", `adjusted ${shown(adjusted)}`)];
}

function lift({ variant, comparison }, { control }) {
  if (variant === control) return el("span.muted", "control");
  const found = comparison?.lift;
  if (!found) return el("span.muted", LACKING[comparison?.lacking] ?? "too early");
  return el("strong", signed(found.value));
}

/** Whether an interval is on one side of zero, and whether that is the better one: a class. */
function sideOf(comparison, { direction }, { split }) {
  const { low = null, high } = comparison?.lift ?? {};
  // Of a broken split, nothing is better or worse.
  if (low === null || split.is_mismatch || (low <= 0 && high >= 0)) return "muted";
  return low > 0 === (direction === "increase") ? "good" : "bad";
}

/** From the lowest to the highest bound, zero included, with some room. */
function scaleOf(values) {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const room = (high - low || 0.02) * 0.08;
  return { low: low - room, high: high + room };
}

/** An interval as a line with its estimate on it, and where zero is. */
function bar(comparison, side, scale) {
  const { value, low = null, high = null } = comparison?.lift ?? {};
  if (low === null) return null;
  const x = (at) => (100 * (at - scale.low)) / (scale.high - scale.low);
  const rect = (from, width, y, height, more) => svg("rect", { x: from, width, y, height, fill: "currentColor", ...more });
  return [
    svg(
      `svg.spark.${side}`,
      { viewBox: "0 0 100 20", preserveAspectRatio: "none", "aria-hidden": "true" },
      rect(x(low), x(high) - x(low), 6, 8, { opacity: 0.35, rx: 1 }),
      rect(x(value) - 0.7, 1.4, 3, 14),
      svg("line", { x1: x(0), x2: x(0), y1: 0, y2: 20, stroke: "var(--control)", "vector-effect": "non-scaling-stroke" }),
    ),
    el("p.fresh", el(`span.${side}`, SIDES[side] ?? ""), range(low, high)),
  ];
}

function history(view, width) {
  const { results: { looks, looks_left_out: leftOut, control }, definition } = view;
  const variants = definition.variants.map(({ key }) => key).filter((key) => key !== control);
  const series = variants.map((name, place) => ({
    name,
    slot: slotOf(place),
    looks: looks.filter(({ variant }) => variant === name).map((look) => ({ ...look, at: Date.parse(look.at) })),
  }));
  const known = series.flatMap((one) => one.looks).filter(({ low }) => low !== null);
  return el(
    "section",
    el("div.head", el("h2", "Lift at every look"), el("p.fresh", "Results are computed after each hour's rollup. Looking often is safe.")),
    known.length > 1 && [legend(series), bands(series, known, Math.max(300, width))],
    known.length < 2 && note("There is nothing to draw until two looks have an interval."),
    leftOut > 0 && el("p.fresh", `${count(leftOut)} looks in between are not shown.`),
    el("details", { id: "looks", ontoggle: view.draw }, el("summary", "Show as a table"), view.isTableOpen && lookTable(series)),
  );
}

function lookTable(series) {
  const rows = series.flatMap(({ looks, slot }) => looks.map((look) => ({ ...look, slot }))).sort((a, b) => b.at - a.at);
  const columns = [
    { name: "Time", cell: ({ at }) => when(at) },
    { name: "Variant", cell: ({ slot, variant }) => [swatch(slot), variant] },
    number("Users", ({ users }) => count(users)),
    figures("Lift", (row) => signed(row.lift)),
    number("Interval", ({ low, high }) => (low === null ? NOTHING : range(low, high))),
    number("p", ({ p }) => chance(p)),
    { name: "Verdict", cell: ({ verdict }) => sign(verdict) },
  ];
  return scrollable(table("Every look, the newest first", columns, rows, ({ at, variant }) => `${at} ${variant}`));
}

/** The chart: a line of lifts in the band of its intervals, by variant. */
function bands(series, known, width) {
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const [height, left, right, top, bottom] = [14, 3.5, 0.5, 0.5, 1.5].map((size) => size * rem);
  const times = known.map(({ at }) => at);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  // The first intervals are so wide that nothing else would be seen.
  const recent = known.filter(({ at }) => 2 * at >= first + last);
  const { low, high } = scaleOf(recent.flatMap((look) => [look.low, look.high]));
  const x = (at) => left + ((at - first) / (last - first || 1)) * (width - left - right);
  const below = (value) => Math.min(1, Math.max(0, (high - value) / (high - low)));
  const y = (value) => top + below(value) * (height - top - bottom);
  const text = (at, up, anchor, content) => svg("text", { x: at, y: up, "text-anchor": anchor, fill: "var(--muted)", "font-size": "0.75rem" }, content);
  const grid = ticksOf(low, high).map((value) => [
    svg("line", { x1: left, x2: width - right, y1: y(value), y2: y(value), stroke: value ? "var(--hairline)" : "var(--control)" }),
    text(left - rem / 2, y(value) + rem / 4, "end", signed(value)),
  ]);
  const newest = series.map(({ name, looks }) => `${name} ${signed(looks.at(-1)?.lift)}`).join(", ");
  return svg(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, width: "100%", role: "img", "aria-label": `Lift over time with its interval. Newest: ${newest}. A table below has all.` },
    grid,
    series.map((one) => band(one, x, y)),
    text(left, height - rem / 4, "start", dateTime(first)),
    text(width - right, height - rem / 4, "end", dateTime(last)),
  );
}

function band({ name, slot, looks }, x, y) {
  const drawn = looks.filter((look) => look.low !== null);
  if (drawn.length === 0) return null;
  const path = (points) => points.map(([at, value]) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
  const edge = [...drawn.map(({ at, high }) => [at, high]), ...drawn.toReversed().map(({ at, low }) => [at, low])];
  return svg(
    `g.series-${slot}`,
    { "data-key": name },
    svg("polygon", { points: path(edge), fill: "currentColor", opacity: 0.16 }),
    svg("polyline", { points: path(drawn.map(({ at, lift: value }) => [at, value])), fill: "none", stroke: "currentColor", "stroke-width": 2 }),
    svg("circle", { cx: x(drawn.at(-1).at), cy: y(drawn.at(-1).lift), r: 4, fill: "currentColor" }),
  );
}

/** Three to six round values from `low` to `high`, zero among them. */
function ticksOf(low, high) {
  const size = 10 ** Math.floor(Math.log10((high - low) / 3));
  const step = [5, 2, 1].map((times) => times * size).find((one) => (high - low) / one >= 3) ?? size;
  const ticks = [];
  for (let n = Math.ceil(low / step); n * step <= high; n += 1) ticks.push(n * step);
  return ticks;
}

function splitSection({ rows, p, is_mismatch: isMismatch }) {
  const columns = [
    { name: "Variant", cell: ({ variant }) => variant },
    figures("Weight", ({ weight }) => percent(weight)),
    figures("Users", ({ users }) => count(users)),
    figures("Expected", ({ expected }) => count(expected)),
  ];
  const said = p === null
    ? note("There are too few users to check it.")
    : el("p", isMismatch ? el("span.bad", "✕ Broken") : el("span.good", "✓ As configured"),
      ` (p ${p < 0.001 ? "< 0.001" : `= ${small(p)}`}; broken below 0.001)`);
  return el("section", el("h2", "Split between the variants"), said, table("Users by variant, and the configured split", columns, rows, ({ variant }) => variant));
}

function leftOut(metrics, { crossovers, exposures_of_unknown_variants: unknownOnes }) {
  const [primary] = metrics;
  const { key, users_without_exposure: without, converted_before_exposure: before } = primary;
  const found = [
    ["Several variants", crossovers, "users saw more than one variant"],
    ["Unknown variant", unknownOnes, "exposures name a variant that the definition doesn't have"],
    ["Not exposed", without, `users have events for ${key}, and no exposure`],
    ["Before exposure", before, `exposed users have events for ${key} only before their exposure`],
  ].filter(([, n]) => n > 0);
  return el("section", el("h2", "Left out of every number"),
    found.length > 0 ? facts(found.map(([name, n, what]) => [name, `${count(n)} ${what}`])) : note("Nobody."));
}

function liveSection({ total, from, users_relative_error: error }) {
  const columns = [
    { name: "Variant", cell: ({ variant }) => variant },
    figures("Events", ({ events }) => count(events)),
    figures("Conversion events", ({ conversions }) => count(conversions)),
    figures("Users, about", ({ users_estimate: users }) => count(users)),
  ];
  return el(
    "section",
    el("div.head", el("h2", "Live counters"), el("p.fresh", "since ", when(from, day), ", live")),
    table("Events by variant, live", columns, total, ({ variant }) => variant),
    el("p.fresh", `Counted within seconds, repeats and users without an exposure among them. Users are estimates, give or take ${percent(error)}. They show that data arrives, and not who wins.`),
  );
}
