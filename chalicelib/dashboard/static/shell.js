// What surrounds every view: the header, whether the pipeline keeps up, and what can't be read.

import { el } from "./dom.js";
import { clockTimeWithSeconds, duration } from "./format.js";
import { note, quietButton, when } from "./parts.js";
import { Poll } from "./poll.js";
import { SECOND } from "./time.js";
import { VIEWS, fragmentOf } from "./url.js";

export function header({ view, stage, key, status, onForget }) {
  const link = ([name, text]) => el("a", { href: fragmentOf(name), "aria-current": name === view && "page" }, text);
  return [
    el("p.brand", "EventStream", stage && el("span.muted", ` · ${stage}`)),
    view && el("nav", { "aria-label": "Views" }, Object.entries(VIEWS).map(link)),
    view && el("p.live", status.line()),
    view && el("details.menu", el("summary", "Key"),
      el("div.menu-body.right", el("code", `${key.slice(0, 4)}…${key.slice(-4)}`), note("Kept in this tab only."),
        el("button", { onclick: onForget }, "Forget key"))),
  ];
}

/** Say what fails and why, and how old the figures are. */
export function notice(failing, onTryNow) {
  if (failing.length === 0) return null;
  const { error, succeededAt, dueAt } = failing.reduce((a, b) => (a.succeededAt <= b.succeededAt ? a : b));
  const time = (moment) => when(moment, clockTimeWithSeconds);
  const known = succeededAt ? ["Some figures are from ", time(succeededAt), "."] : "Some figures can't be read yet.";
  return el("div.notice",
    el("p", el("strong", navigator.onLine ? error.message : "You are offline."), " ", known,
      el("span", { "aria-hidden": "true" }, " Next attempt at ", time(dueAt), ".")),
    quietButton("Try now", onTryNow));
}

/** Whether the pipeline keeps up, whatever view is shown. */
export class Status {
  answer = null;

  constructor(api, onRead) {
    this.api = api;
    const run = async () => {
      this.answer = await api.getFresh("freshness");
    };
    this.poll = new Poll([{ everyMs: 10 * SECOND, run }], onRead);
  }

  line() {
    if (this.poll.failing.length) return [el("span.dot"), "Not updating"];
    if (!this.answer) return null;
    const { status, stages } = this.answer;
    if (status !== "ok") return el("a.attention", { href: fragmentOf("health") }, "▲ Needs attention");
    const newest = Date.parse(stages.find(({ stage }) => stage === "process")?.newest_at);
    const age = newest > 0 && el("span.minor", `, newest events ${duration(this.api.clock.now() - newest)} ago`);
    return [el("span.dot.good"), "Live", age];
  }
}
