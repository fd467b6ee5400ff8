// Anomalies: what they are called, and what explains them.

import { el } from "./dom.js";
import { clockTime, count, dateTime, decimal, latency, percent } from "./format.js";
import { facts, openDialog, when } from "./parts.js";
import { ALL } from "./rows.js";
import { HOUR } from "./time.js";

const METRICS = { volume: ["Volume", count], latency: ["Latency", latency], error_rate: ["Error rate", percent] };
const DIRECTIONS = { above: "above usual", below: "below usual", no_data: "missing" };
const WITHHELD = {
  continued: "Not sent: the hour before deviated as well.",
  muted: "Not sent: such alerts are muted.",
  late: "Not sent: it was found too late.",
};

export function titleOf({ metric, direction, event_type: type, hour }) {
  const what = `${METRICS[metric][0]} ${DIRECTIONS[direction]}`;
  return `${what}, ${type === ALL ? "all types" : type}, ${dateTime(hour)}`;
}

/** Marks for a chart, one an hour: what stands out in it may be several things. */
export function marksOf(anomalies) {
  return [...Map.groupBy(anomalies, ({ hour }) => Date.parse(hour))].map(([from, group]) => ({
    from,
    to: from + HOUR,
    label: group.length === 1 ? `Anomaly: ${titleOf(group[0])}` : `${group.length} anomalies, ${dateTime(from)}`,
    onOpen: () => explain(group),
  }));
}

export function explain(anomalies) {
  openDialog(anomalies.length === 1 ? "Anomaly" : `${anomalies.length} anomalies`, anomalies.map(explanation));
}

function explanation(anomaly) {
  const { metric, observed, expected, scale, score, threshold, baseline, history_hours: hours } = anomaly;
  const [, format] = METRICS[metric];
  const from = Date.parse(anomaly.hour);
  return el("section.explanation",
    el("h3", titleOf(anomaly)),
    el("p", anomaly.explanation),
    facts([
      ["Hour", [when(from), " – ", when(from + HOUR, clockTime)]],
      ["Observed", format(observed)],
      ["Expected", `${format(expected)} ± ${format(scale)}`],
      ["Score", `${decimal(score)}; the threshold is ${decimal(threshold)}`],
      ["Baseline", `${baseline.replaceAll("_", " ")}, ${count(hours)} hours`],
      ["Alert", alertOf(anomaly)],
    ]));
}

function alertOf({ alerted_at: alertedAt, withheld }) {
  return alertedAt ? ["Sent ", when(alertedAt)] : (WITHHELD[withheld] ?? "Not sent yet.");
}
