// Which campaigns or sources checkouts are credited to, under a model of the viewer's choice.

import { download } from "./csv.js";
import { el, render, svg } from "./dom.js";
import { RANGES, hourText, rangeOfDays } from "./explore-state.js";
import { compact, count, decimal, duration, money, percent } from "./format.js";
import { breakable, note, number, quietButton, scrollable, segments, select, table, when } from "./parts.js";
import { HOUR, SECOND, iso, lastSteps } from "./time.js";

const MODELS = {
  first_click: "First click",
  last_click: "Last click",
  linear: "Linear",
  position_based: "Position-based, 40/20/40",
  time_decay: "Time decay",
};
const MEANINGS = {
  first_click: "Everything goes to the first click before the checkout.",
  last_click: "Everything goes to the last click before the checkout.",
  linear: "Every click before the checkout gets the same share.",
  position_based: "The first and the last click get 40 % each, and those between share 20 %.",
  time_decay: "A click that much earlier than the last one gets half as much.",
};
const GROUPS = { campaign: "Campaigns", source: "Sources" };
const HALF_LIVES = { "1m": "1 minute", "5m": "5 minutes", "10m": "10 minutes", "30m": "30 minutes" };
const USUAL = { model: "first_click", group: "campaign", range: "7d", half_life: "10m" };
const DAYS = { "24h": 1, "7d": 7, "30d": 30, "90d": 90 };
// A database works for each answer.
const EVERY_MS = 60 * SECOND;

export function start(root, context, parameters) {
  const state = stateOf(parameters);
  const view = {
    ...context,
    state,
    answer: null,
    draw: () => draw(root, view),
    go: (changes) => context.go("attribution", parametersOf({ ...stateOf(context.asked()), ...changes })),
  };
  view.draw();
  return { jobs: [{ everyMs: EVERY_MS, run: () => read(view) }], draw: view.draw };
}

/** Read the parameters of an address, defaults filled in. */
function stateOf({ model, group, range, from, to, half_life: halfLife }) {
  const isCustom = Date.parse(momentText(from)) < Date.parse(momentText(to));
  const preset = range in DAYS ? range : USUAL.range;
  return {
    model: model in MODELS ? model : USUAL.model,
    group: group in GROUPS ? group : USUAL.group,
    range: isCustom ? "custom" : preset,
    from: isCustom ? from : null,
    to: isCustom ? to : null,
    half_life: halfLife in HALF_LIVES ? halfLife : USUAL.half_life,
  };
}

const momentText = (text) => (text?.length === 13 ? `${text}:00Z` : text);

/** What the address needs to say: only what differs from the usual. */
function parametersOf({ from, to, ...state }) {
  const isChanged = ([name, value]) => value !== USUAL[name] && (name !== "range" || value in DAYS);
  const changed = Object.fromEntries(Object.entries(state).filter(isChanged));
  if (state.model !== "time_decay") delete changed.half_life;
  return { ...changed, ...(state.range === "custom" && { from, to }) };
}

function periodOf({ range, from, to }, now) {
  if (range !== "custom") return lastSteps(now, DAYS[range] * 24, HOUR);
  return { from: Date.parse(momentText(from)), to: Date.parse(momentText(to)) };
}

async function read(view) {
  const { api, clock, state } = view;
  if (clock.now() - view.readAt < EVERY_MS) return;
  const { from, to } = periodOf(state, clock.now());
  const halfLife = state.model === "time_decay" ? state.half_life : null;
  const question = { model: state.model, group_by: state.group, half_life: halfLife, from: iso(from), to: iso(to) };
  try {
    const answer = await api.get("attribution", question);
    Object.assign(view, { answer, refusal: null, isOff: false, readAt: clock.now() });
  } catch (error) {
    // Such as a range that takes too long to read.
    if (error.kind !== "invalid" && error.kind !== "off") throw error;
    Object.assign(view, { refusal: error.message, isOff: error.kind === "off", readAt: clock.now() });
  }
}

function draw(root, view) {
  const { answer, refusal, isOff } = view;
  // What the view showed before a choice stays until there is something else to show.
  if (!answer && !refusal && root.querySelector("#attributed")) return;
  if (isOff) return render(root, turnedOff());
  render(root, controls(view), refusal ? refused(view) : results(view));
}

/** How to switch it on. */
function turnedOff() {
  return el(
    "section.empty",
    el("h1", "Attribution is off"),
    el("p", "It credits each checkout to the clicks of its user in the hour before, in a PostgreSQL database."),
    el("p", "To switch it on, set this for the stage in ", el("code", "infrastructure/stages.toml"), ", and deploy:"),
    el("div.command", el("pre", { tabindex: "0" }, el("code", "attribution = true"))),
    note("docs/attribution.md says what it does and what it costs."),
  );
}

function controls(view) {
  const { state, go, clock } = view;
  const setRange = (range) => {
    const { from, to } = periodOf(state, clock.now());
    go({ range, ...(range === "custom" && { from: hourText(from), to: hourText(to) }) });
  };
  return el(
    "div.controls",
    el("h1.visually-hidden", "Attribution"),
    select("Model", Object.entries(MODELS), state.model, (model) => go({ model })),
    state.model === "time_decay" &&
      select("Half-life", Object.entries(HALF_LIVES), state.half_life, (half) => go({ half_life: half })),
    segments("Group by", Object.entries(GROUPS), state.group, (group) => go({ group })),
    segments("Range", Object.entries(RANGES), state.range, setRange),
    state.range === "custom" && dates(view),
  );
}

function dates({ state, go, clock }) {
  const { from, to } = periodOf(state, clock.now());
  const onchange = ({ target }) => {
    const [first, last] = target.parentNode.querySelectorAll("input");
    const range = rangeOfDays(first.value, last.value);
    if (range) go(range);
  };
  const day = (label, moment) => {
    const value = new Date(moment).toLocaleDateString("sv");
    return el("input", { type: "date", "aria-label": label, value, onchange });
  };
  return el("div.dates", day("First day", from), "–", day("Last day", to - 1));
}

function refused({ refusal, state, go }) {
  const isLong = state.range !== "24h";
  return el("div.notice", { role: "alert" }, el("p", refusal),
    isLong && quietButton("Show 24 hours", () => go({ range: "24h" })));
}

function results(view) {
  const { answer, state, go } = view;
  if (!answer) return note("Loading…");
  if (answer.total.checkouts === 0) {
    const onclick = () => go({ range: "90d" });
    return el("div.empty", { id: "attributed" }, el("h2", "No checkouts in this range"),
      el("p", "An event of type ", el("code", "checkout"), " is credited to the ", el("code", "click"), " events of its user in the hour before."),
      state.range !== "90d" && el("p", el("button", { onclick }, "Show 90 days")));
  }
  const { group_by: group, model } = answer;
  const name = `eventstream-attribution-${model}-${group}-${answer.from.slice(0, 10)}`;
  return el(
    "section",
    { id: "attributed" },
    el(
      "div.head",
      el("h2", `Conversions by ${group}`),
      el("p.fresh", MEANINGS[model]),
      quietButton("Download CSV", () => download(name, linesOf(answer))),
    ),
    el("p", summary(answer)),
    el("p.fresh", finality(view)),
    creditsTable(answer),
  );
}

function summary({ total, unattributed }) {
  const attributed = total.checkouts - unattributed.conversions;
  return [
    el("strong", count(total.checkouts)), " checkouts, ",
    el("strong", percent(attributed / total.checkouts)), " of them attributed; ",
    el("strong", moneysOf(total.revenue).join(", ") || "–"), " in all.",
  ];
}

function finality({ answer, clock }) {
  const { from, to, total, final_until: until } = answer;
  const end = Math.min(Date.parse(to), clock.now());
  const isFinal = total.final_checkouts === total.checkouts;
  const pending = count(total.checkouts - total.final_checkouts);
  const state = isFinal ? ", final" : [`; ${pending} can still change`, until && [", those since ", when(until)]];
  return [when(from), " – ", when(end), state];
}

/** The rows of the table: groups, then the others, then what no click is credited with. */
function rowsOf({ groups, other, unattributed, group_by: by }) {
  const named = groups.map((one) => ({ ...one, name: one.group ?? `no ${by}`, slot: 1 }));
  const rest = other && { ...other, name: `${count(other.groups)} others`, slot: 0 };
  return [...named, rest, { ...unattributed, name: "unattributed", slot: 0 }].filter(Boolean);
}

function creditsTable(answer) {
  const rows = rowsOf(answer);
  const most = Math.max(...rows.map(({ share }) => share));
  const columns = [
    { name: answer.group_by === "source" ? "Source" : "Campaign", cell: ({ name }) => breakable(name) },
    number("Conversions", ({ conversions }) => decimal(conversions), false),
    number("Share", ({ share }) => percent(share)),
    { name: el("span.visually-hidden", "Share as a bar"), isMinor: true, cell: ({ share, slot }) => bar(share / (most || 1), slot) },
    number("Revenue", ({ revenue }) => moneysOf(revenue).map((text) => el("div", text)), false),
    number("Clicks", ({ clicks }) => compact(clicks)),
    number("Per click", ({ conversion_rate: rate }) => percent(rate)),
    number("Median time", ({ time_to_conversion: time }) => timeOf(time?.median_s)),
    number("90 % within", ({ time_to_conversion: time }) => timeOf(time?.p90_s)),
  ];
  return scrollable(table("Credits, the largest first", columns, rows, ({ name }) => name));
}

function bar(part, slot) {
  const box = { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": true };
  return svg(`svg.spark.series-${slot}`, box, svg("rect", { y: 2, width: 100 * part, height: 6, fill: "currentcolor" }));
}

const timeOf = (seconds) => (seconds === undefined ? "–" : duration(seconds * SECOND));

const moneysOf = (revenue) => Object.entries(revenue).map(([currency, { total }]) => money(total, currency));

/** For a file: numbers as they are, and a column for the revenue in each currency. */
function linesOf(answer) {
  const currencies = Object.keys(answer.total.revenue);
  const head = [answer.group_by, "conversions", "share", "clicks", "median_s", "p90_s", ...currencies];
  const line = (row) => [
    row.name, row.conversions, row.share, row.clicks,
    row.time_to_conversion?.median_s, row.time_to_conversion?.p90_s,
    ...currencies.map((currency) => row.revenue[currency]?.total ?? 0),
  ];
  return [head, ...rowsOf(answer).map(line)];
}
