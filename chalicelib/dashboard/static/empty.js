// Nothing has arrived yet: how to send a first event.

import { addressOf } from "./api.js";
import { el } from "./dom.js";
import { command } from "./parts.js";

export function firstEvent() {
  const event = { event_type: "page_view", source: "web", user_id: "usr_42", properties: { page: "/products/1" } };
  const line = `curl ${addressOf("events")} \\\n  -H "Content-Type: application/json" -H "X-Api-Key: $API_KEY" \\\n  -d '${JSON.stringify(event)}'`;
  return el(
    "section",
    { class: "empty" },
    el("h1", {}, "No events yet"),
    el("p", {}, "Send the first one, with a key that may send events in ", el("code", {}, "API_KEY"), ":"),
    command(line),
    el("p", { class: "waiting", role: "status" }, el("span", { class: "dot", "aria-hidden": "true" }), "Waiting for your first event. It appears here within seconds."),
  );
}
