// Asks for a read key.

import { Api } from "./api.js";
import { el, render } from "./dom.js";

const REASONS = {
  key: "The API does not know this key. Check that you copied all of it.",
  scope: "This key may send events, but not read them. Use a read key.",
  retired: "The API no longer accepts your key. It was probably retired: ask for a new one.",
};

/** Show the form; `onKey` gets a key that the API has accepted. */
export function showSignIn(root, { clock, reason, onKey }) {
  const draw = (message, isBusy = false) => {
    render(root, form(message, isBusy, onsubmit));
    if (!isBusy) root.querySelector("input").focus();
  };

  async function onsubmit(event) {
    event.preventDefault();
    const key = event.target.elements.key.value.trim();
    if (!key) return;
    draw(null, true);
    try {
      await new Api(key, clock).getFresh("freshness");
      onKey(key);
    } catch (error) {
      draw(REASONS[error.kind] ?? `${error.message} The key could not be checked; try again.`);
    }
  }

  draw(REASONS[reason]);
}

function form(message, isBusy, onsubmit) {
  const error = { "aria-describedby": "error", "aria-invalid": message && "true" };
  return el("form.signin",
    { onsubmit },
    el("h1", "Sign in"),
    el("p.muted", "Paste a read key. It is kept in this tab only."),
    el("label", { for: "key" }, "Read key"),
    el("input", { id: "key", type: "password", autocomplete: "off", placeholder: "esr_…", ...error }),
    el("p.bad", { id: "error", role: "alert" }, message),
    el("button.main", { disabled: isBusy }, isBusy ? "Checking…" : "Show the dashboard"));
}
