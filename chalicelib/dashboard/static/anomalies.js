// Anomalies: what they are called, and what explains them.

import { el } from "./dom.js";
import { clockTime, count, dateTime, decimal, latency, percent, signed } from "./format.js";
import { openDialog, when } from "./parts.js";
import { HOUR } from "./time.js";

const METRICS = { volume: "Volume", latency: "Latency", error_rate: "Error rate" };
const FORMATS = { volume: count, latency, error_rate: percent };
const WITHHELD = {
  continued: "No further alert, because the hour before deviated as well and was alerted.",
  muted: "No alert, because this is muted.",
  late: "No alert, because it was found too late to matter.",
};

export const ALL = "_all";

export function typeName(type) {
  return type === ALL ? "all types" : type;
}

export function titleOf(anomaly) {
  const metric = METRICS[anomaly.metric] ?? anomaly.metric;
  const moment = Date.parse(anomaly.hour);
  return `${metric} ${anomaly.direction}, ${typeName(anomaly.event_type)}, ${dateTime(moment)}`;
}

/** Marks for a chart, one an hour: what stands out in it may be several things. */
export function marksOf(anomalies) {
  const byHour = Map.groupBy(anomalies, ({ hour }) => hour);
  return [...byHour].map(([hour, group]) => {
    const from = Date.parse(hour);
    const label = group.length === 1 ? `Anomaly: ${titleOf(group[0])}` : `${group.length} anomalies, ${dateTime(from)}`;
    return { from, to: from + HOUR, label, onOpen: () => explain(group) };
  });
}

export function explain(anomalies) {
  const title = anomalies.length === 1 ? "Anomaly" : `${anomalies.length} anomalies`;
  openDialog(title, anomalies.map(explanation));
}

function explanation(anomaly) {
  const format = FORMATS[anomaly.metric] ?? decimal;
  const from = Date.parse(anomaly.hour);
  const facts = [
    ["Hour", [when(from), " – ", when(from + HOUR, clockTime)]],
    ["Observed", format(anomaly.observed)],
    ["Expected", `${format(anomaly.expected)} ± ${format(anomaly.scale)}`],
    ["Score", `${signed(anomaly.score)}, with a threshold of ${decimal(anomaly.threshold)}`],
    ["Baseline", `${anomaly.baseline}, ${count(anomaly.history_hours)} hours`],
    ["Alert", alertOf(anomaly)],
  ];
  return el(
    "section",
    { class: "explanation" },
    el("h3", {}, titleOf(anomaly)),
    el("p", {}, anomaly.explanation),
    el("dl", { class: "facts" }, facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))),
  );
}

function alertOf({ alerted_at: alertedAt, withheld, state, withdrawn_at: withdrawnAt }) {
  if (state === "withdrawn") return ["Withdrawn ", withdrawnAt && when(Date.parse(withdrawnAt)), ", after late events had changed the hour."];
  if (alertedAt) return ["Sent ", when(Date.parse(alertedAt))];
  return WITHHELD[withheld] ?? "Not sent yet.";
}
