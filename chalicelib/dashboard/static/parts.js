// Small pieces that several views share.

import { el } from "./dom.js";
import { clockTime, dateTime, utc } from "./format.js";

/** A moment in the viewer's zone, with UTC on hover. */
export function when(moment, format = dateTime) {
  return el("time", { datetime: new Date(moment).toISOString(), title: utc(moment) }, format(moment));
}

/** How fresh a figure is: "to 10:42, live", "to 10:00, final". */
export const freshness = (moment, state) => ["to ", when(moment, clockTime), `, ${state}`];

export const note = (...content) => el("p.muted", ...content);

export const swatch = (slot, isBefore = false) => el(`span.swatch.series-${slot}${isBefore ? ".before" : ""}`);

/** A formatted number with its unit small beside it. */
export function figure(text) {
  const [, before, digits, after] = /^(\D*)(\d|\d.*\d)(\D*)$/.exec(text) ?? ["", "", text, ""];
  return [before && el("span.unit", before), digits, after && el("span.unit", after)];
}

/** A name that is too long breaks after signs between words, or anywhere. */
export const breakable = (name) => name.match(/[^_./ -]{0,14}[_./ -]*/g).map((part) => [part, el("wbr")]);

/** The names of a chart's lines; one alone needs none. */
export function legend(series) {
  if (series.length < 2) return null;
  const line = ({ name, slot, isBefore }) => el("li", { "data-key": name }, swatch(slot, isBefore), name);
  return el("ul.legend", series.map(line));
}

export const quietButton = (text, onclick) => el("button.quiet", { onclick }, text);

export function showAll(view, limit, rows, what) {
  const onclick = () => {
    view.areAllShown = true;
    view.draw();
  };
  return limit < rows.length && quietButton(`Show all ${rows.length} ${what}`, onclick);
}

/** A choice of a few, as radio buttons that look like one control. */
export function segments(label, choices, chosen, onChoose) {
  const name = label.replaceAll(" ", "-");
  const choice = ([value, text]) => {
    const onchange = () => onChoose(value);
    return el("label", el("input", { type: "radio", name, value, checked: value === chosen, onchange }), el("span", text));
  };
  return el("fieldset.segments", { id: name }, el("legend.visually-hidden", label), choices.map(choice));
}

export function select(label, choices, chosen, onChoose) {
  const options = choices.map(([value, text]) => el("option", { value, selected: value === chosen }, text));
  const onchange = ({ target }) => onChoose(target.value);
  return el("select", { id: label.replaceAll(" ", "-"), "aria-label": label, onchange }, options);
}

export function check(type, text, properties) {
  return el("label.check", { "data-key": text }, el("input", { type, ...properties }), text);
}

export const number = (name, cell, isMinor = true) => ({ name, cell, isNumber: true, isMinor });

/** A table of `columns`, each `{ name, isNumber, isMinor, cell(row) }`; phones show no minor ones. */
export function table(caption, columns, rows, keyOf) {
  const suffix = ({ isNumber, isMinor }) => `${isNumber ? ".number" : ""}${isMinor ? ".minor" : ""}`;
  const cell = (row) => (column, n) =>
    el((n ? "td" : "th") + suffix(column), { scope: n ? null : "row" }, column.cell(row));
  return el(columns.length > 4 ? "table" : "table.narrow",
    el("caption.visually-hidden", caption),
    el("thead", el("tr", columns.map((column) => el(`th${suffix(column)}`, { scope: "col" }, column.name)))),
    el("tbody", rows.map((row) => el("tr", { "data-key": keyOf(row) }, columns.map(cell(row))))));
}

/** The values of a chart as a table, the newest first; as many rows as `limit`. */
export function seriesTable(moments, series, { format, label, limit = Infinity, more = [] }) {
  const rows = moments.map((moment, n) => ({ moment, n })).reverse().slice(0, limit);
  const columns = series.map(({ name, values }) => number(breakable(name), ({ n }) => format(values[n]), false));
  const time = { name: "Time", cell: ({ moment }) => when(moment, label) };
  return table("The values of the chart, the newest first", [time, ...columns, ...more], rows, ({ moment }) => moment);
}

/** Content that may be wider or higher than there is room; the keyboard can scroll it as well. */
export const scrollable = (content) => el("div.scroll", { tabindex: "0" }, content);

export function facts(pairs) {
  return el("dl.facts", pairs.map(([name, value]) => el("div", el("dt", name), el("dd", value))));
}

/** Show content over the page until it is closed. */
export function openDialog(title, ...content) {
  const dialog = document.getElementById("dialog");
  const head = el("div.head", el("h2", { id: "dialog-title" }, title), quietButton("Close", () => dialog.close()));
  dialog.replaceChildren(head, ...content.flat());
  // A click beside the content is one on the dialog itself.
  dialog.onclick = (event) => event.target === dialog && dialog.close();
  dialog.showModal();
}
