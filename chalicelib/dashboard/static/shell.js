// What surrounds every view: the header, and a notice when something can't be read.

import { el } from "./dom.js";
import { clockTimeWithSeconds, count } from "./format.js";
import { shortened } from "./key.js";
import { when } from "./parts.js";
import { SECOND } from "./time.js";
import { VIEWS, fragmentOf } from "./url.js";

export function header({ view, stage, key, onForget, main }) {
  return [
    el("button", { type: "button", class: "skip", onclick: () => main.focus() }, "Skip to content"),
    el("p", { class: "brand" }, "EventStream", stage && el("span", { class: "muted" }, ` · ${stage}`)),
    view && el("nav", { "aria-label": "Views" }, VIEWS.map((name) =>
      el("a", { href: fragmentOf(name), "aria-current": name === view ? "page" : null }, name[0].toUpperCase() + name.slice(1)))),
    view && el("p", { id: "live", class: "live", "data-own": true }),
    view && el("details", { class: "menu" }, el("summary", {}, "Key"),
      el("div", { class: "menu-body" }, el("p", {}, el("code", {}, shortened(key))), el("p", { class: "muted" }, "Kept in this tab only."),
        el("button", { type: "button", onclick: onForget }, "Forget key"))),
  ];
}

/** Say what is failing and why, and that older figures are still shown; nothing when all is well. */
export function notice(poll) {
  const [worst] = poll.failing.sort((a, b) => (a.succeededAt ?? 0) - (b.succeededAt ?? 0));
  if (!worst) return null;
  const { error, succeededAt, dueAt } = worst;
  const wait = Math.max(1, Math.round((dueAt - Date.now()) / SECOND));
  const reason = navigator.onLine ? error.message : "You are offline.";
  return el("div", { class: "notice" },
    el("p", {}, el("strong", {}, reason), " ",
      succeededAt ? ["Showing what was known at ", when(succeededAt, clockTimeWithSeconds), ". "] : "Nothing could be read yet. ",
      `Trying again in ${count(wait)} s.`),
    el("button", { type: "button", class: "quiet", onclick: () => poll.now() }, "Try now"));
}
