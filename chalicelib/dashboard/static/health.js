// Whether everything arrives, and what needs a person.

import { el, render } from "./dom.js";
import { count, duration } from "./format.js";
import { facts, note, number, segments, table, when } from "./parts.js";
import { valuesOf } from "./rows.js";
import { spark } from "./spark.js";
import { DAY, HOUR, SECOND, iso, lastSteps } from "./time.js";
import { fragmentOf } from "./url.js";

const STAGES = {
  process: ["Process", "archives and counts"],
  transform: ["Transform", "writes the lake"],
  rollup: ["Roll up", "merges hours"],
  judgement: ["Judge", "finds anomalies"],
};
const DAYS = { 1: "24 hours", 7: "7 days" };
const SAMPLES = 10;
const RUNS = 8;

export function startHealth(root, context, { days, code = null }) {
  const view = { context, days: days in DAYS ? days : "1", code };
  return { jobs: [{ everyMs: 20 * SECOND, run: () => read(view) }], draw: () => draw(root, view) };
}

async function read(view) {
  const { api, clock } = view.context;
  const from = iso(lastSteps(clock.now(), view.days * 24, HOUR).from);
  const [all, some, { runs }] = await Promise.all([
    api.get("quarantine", { from, limit: SAMPLES }),
    view.code && api.get("quarantine", { from, code: view.code, limit: SAMPLES }),
    api.get("runs", { from: iso(clock.now() - 7 * DAY), limit: RUNS }),
  ]);
  Object.assign(view, { counts: all.counts, samples: (some ?? all).samples, runs });
}

function draw(root, view) {
  const { answer } = view.context.status;
  if (!answer) return;
  const stages = pipeline(answer, view.context.clock.now());
  render(root, verdict(answer), stages, view.counts && quarantine(view), view.runs && lastRuns(view.runs));
}

function verdict({ status, summary, needs }) {
  const sign = status === "ok" ? el("span.good", "✓ ") : el("span.attention", "▲ ");
  const need = ({ code, message, runbook }) =>
    el("li", { "data-key": code }, message, runbook && el("span.muted", " Runbook: ", el("code", runbook)));
  return el("section", el("h1", sign, summary), needs.length > 0 && el("ul.needs", needs.map(need)));
}

function pipeline({ stages, hours_due: due, dead_letters: deadLetters }, now) {
  const dead = Object.entries(deadLetters).filter(([, n]) => n > 0);
  return el("section",
    el("h2", "Pipeline"),
    el("ol.stages", stages.map((one) => stage(one, now))),
    facts([
      ["Hours due", due.count ? [count(due.count), ", the oldest from ", when(due.oldest)] : "none"],
      ["Dead letters", dead.length ? dead.map(([queue, n]) => `${count(n)} in ${queue}`).join(", ") : "none"],
    ]));
}

function stage({ stage: id, newest_at: newestAt, behind_s: behind, waiting }, now) {
  const [name, does] = STAGES[id] ?? [id, ""];
  const newest = Date.parse(newestAt);
  return el("li",
    el("h3", name),
    el("p.fresh", does),
    el("p.stage-value", newest ? `${duration(now - newest)} ago` : "nothing yet"),
    newest > 0 && el("p.fresh", "newest: ", when(newest)),
    behind > 0 && el("p.fresh.attention", `${duration(behind * SECOND)} behind`),
    waiting === 0 && el("p.fresh", "nothing waiting"),
    waiting > 0 && el("p.fresh.attention", `${count(waiting)} waiting`));
}

function quarantine(view) {
  const { counts, days, code, samples, context } = view;
  const fragment = (wanted) => fragmentOf("health", { days: days !== "1" && days, code, ...wanted });
  const byCode = Object.entries(Object.groupBy(counts, (one) => one.code))
    .map(([name, hours]) => ({ name, hours, records: hours.reduce((sum, { records }) => sum + records, 0) }))
    .sort((a, b) => b.records - a.records);
  const period = lastSteps(context.clock.now(), days * 24, HOUR);
  const line = (hours) =>
    spark(valuesOf(hours.map((one) => ({ ...one, from: one.hour })), period, (one) => one.records), { slot: 0 });
  const link = (name) => el("a", { href: fragment({ code: name }), "aria-current": name === code && "true" }, el("code", name));
  const columns = [
    { name: "Code", cell: ({ name }) => link(name) },
    number("Records", ({ records }) => count(records), false),
    number("By hour", ({ hours }) => line(hours), false),
  ];
  const choose = (chosen) => context.go("health", { days: chosen !== "1" && chosen, code });
  return el("section",
    el("div.head", el("h2", "Quarantine"), segments("Days", Object.entries(DAYS), days, choose)),
    byCode.length === 0 ? note("No record was quarantined.") : [
      table("Quarantined records by code", columns, byCode, ({ name }) => name),
      el("div.head",
        el("h3", "Newest records", code && [" with ", el("code", code)]),
        code && el("a", { href: fragment({ code: null }) }, "All codes")),
      el("ul.samples", samples.map(sample)),
    ]);
}

function sample({ arrived_at: arrivedAt, code, reason, payload, ...rest }) {
  const known = Object.entries(rest).filter(([, value]) => value !== null && value !== false);
  return el("li", { "data-key": `${rest.shard_id} ${rest.sequence_number}` }, el("details",
    el("summary", when(arrivedAt), " ", el("code", code), " ", reason),
    facts(known.map(([name, value]) => [name.replaceAll("_", " "), el("code", value)])),
    payload ? el("pre", { tabindex: "0" }, decoded(payload)) : note("An admin key shows the record itself.")));
}

/** A record's bytes as text, whatever they are. */
function decoded(payload) {
  return new TextDecoder().decode(Uint8Array.from(atob(payload), (character) => character.charCodeAt(0)));
}

/** What went wrong in a run: in the whole of it, or in some of its hours. */
function trouble({ errors, failed_hours: hours }) {
  const messages = [...Object.values(errors), ...hours.map(({ hour, error }) => `${hour.slice(0, 13)}: ${error}`)];
  return messages.map((message) => el("p.fresh", message));
}

function lastRuns(runs) {
  const took = (run) => duration(Date.parse(run.finished_at) - Date.parse(run.started_at));
  const result = ({ status }) => (status === "succeeded" ? "✓\xa0succeeded" : el("span.bad", `✕\xa0${status}`));
  const columns = [
    { name: "Started", cell: (run) => when(run.started_at) },
    { name: "Result", cell: (run) => [result(run), trouble(run)] },
    number("Hours", ({ hours }) => count(hours), false),
    number("Records", ({ records }) => count(records)),
    number("Missing", ({ missing }) => count(missing)),
    number("Took", took),
    { name: "Execution", isMinor: true, cell: ({ execution }) => el("code", execution) },
  ];
  return el("section",
    el("h2", "Last rollup runs"),
    runs.length ? table("Runs of the rollup, the newest first", columns, runs, ({ execution }) => execution)
      : note("No run yet: the first one starts at minute 10 of the hour."));
}
