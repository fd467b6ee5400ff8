// Small pieces that several views share.

import { el } from "./dom.js";
import { clockTime, dateTime, utc } from "./format.js";

/** A moment in the viewer's zone, with UTC on hover. */
export function when(moment, format = dateTime) {
  return el("time", { datetime: new Date(moment).toISOString(), title: utc(moment) }, format(moment));
}

/** How fresh a figure is: "to 10:42, live", "to 10:00, final". */
export function freshness(moment, state) {
  return el("span", { class: "fresh" }, "to ", when(moment, clockTime), `, ${state}`);
}

/** A formatted number with its unit small beside it. */
export function figure(text) {
  const parts = /^([^\d–-]*)([-\d.,\u00a0\u202f' ]*\d|–)(.*)$/u.exec(text);
  if (!parts) return text;
  const [, before, digits, after] = parts;
  return [before && el("span", { class: "unit" }, before), digits, after && el("span", { class: "unit" }, after)];
}

/** A choice of a few, as radio buttons that look like one control. */
export function segments(name, label, choices, chosen, onChoose) {
  return el(
    "fieldset",
    { class: "segments", id: `segments-${name}` },
    el("legend", { class: "visually-hidden" }, label),
    choices.map(([value, text]) =>
      el("label", {}, el("input", { type: "radio", name, value, checked: value === chosen, onchange: () => onChoose(value) }), el("span", {}, text)),
    ),
  );
}

export function select(label, choices, chosen, onChoose) {
  return el(
    "label",
    { class: "select" },
    el("span", { class: "visually-hidden" }, label),
    el("select", { id: `select-${label.toLowerCase().replaceAll(" ", "-")}`, onchange: (event) => onChoose(event.target.value) },
      choices.map(([value, text]) => el("option", { value, selected: value === chosen }, text))),
  );
}

/**
 * A table of `columns`, each `{ name, title, isNumber, isMinor, cell(row) }`; minor ones give way on a phone.
 *
 * The caption is what a screen reader says of the table before its cells.
 */
export function table(caption, columns, rows, keyOf) {
  const classOf = ({ isNumber, isMinor }) => [isNumber && "number", isMinor && "minor"].filter(Boolean).join(" ") || null;
  return el(
    "table",
    {},
    el("caption", { class: "visually-hidden" }, caption),
    el("thead", {}, el("tr", {}, columns.map((column) => el("th", { scope: "col", class: classOf(column), title: column.title }, column.name)))),
    el("tbody", {}, rows.map((row, n) =>
      el("tr", { "data-key": keyOf ? keyOf(row) : n }, columns.map((column, index) =>
        el(index === 0 ? "th" : "td", { scope: index === 0 ? "row" : null, class: classOf(column) }, column.cell(row)))))),
  );
}

/** A command to copy. */
export function command(text) {
  const copy = async (event) => {
    const button = event.currentTarget;
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 2_000);
  };
  return el("div", { class: "command" }, el("pre", { tabindex: "0" }, el("code", {}, text)), el("button", { type: "button", class: "quiet", onclick: copy }, "Copy"));
}

/** Show content over the page until it is closed. */
export function openDialog(title, ...content) {
  const dialog = document.getElementById("dialog");
  dialog.replaceChildren(
    el("div", { class: "dialog-head" }, el("h2", { id: "dialog-title" }, title),
      el("button", { type: "button", class: "quiet", onclick: () => dialog.close() }, "Close")),
    ...content.flat(Infinity).filter(Boolean),
  );
  // A click beside the content is one on the dialog itself.
  dialog.onclick = (event) => event.target === dialog && dialog.close();
  if (!dialog.open) dialog.showModal();
}
