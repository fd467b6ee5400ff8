// Asks for a read key, and says what is wrong with the last one.

import { Api } from "./api.js";
import { el, render } from "./dom.js";

const REASONS = {
  wrong: "The API does not know this key. Check that you copied all of it.",
  scope: "This key may send events, but not read them. Use a read key.",
  retired: "Your key has worked until now, but the API refuses it. It was probably retired: ask for a new one.",
};

/** Show the form; `onKey` gets a key that the API has accepted. */
export function showSignIn(root, { clock, reason = null, onKey }) {
  const state = { message: reason && REASONS[reason], isBusy: false };
  const draw = () => render(root, form(state, submit));

  async function submit(event) {
    event.preventDefault();
    const key = new FormData(event.target).get("key").trim();
    if (!key || state.isBusy) return;
    Object.assign(state, { isBusy: true, message: null });
    draw();
    try {
      await new Api(key, clock).get("freshness", {}, { fresh: true });
      onKey(key);
    } catch (error) {
      Object.assign(state, { isBusy: false, message: reasonOf(error) });
      draw();
      root.querySelector("input").focus();
    }
  }

  draw();
  root.querySelector("input").focus();
}

function reasonOf(error) {
  if (error.kind === "key") return REASONS.wrong;
  if (error.kind === "scope") return REASONS.scope;
  return `${error.message} The key could not be checked. Try again.`;
}

function form({ message, isBusy }, submit) {
  return el(
    "form",
    { class: "signin", onsubmit: submit, novalidate: true },
    el("h1", {}, "Sign in"),
    el("p", { class: "muted" }, "Paste a read key. It stays in this tab until you close it or choose “Forget key”."),
    el("label", { for: "key" }, "Read key"),
    el("input", { id: "key", name: "key", type: "password", autocomplete: "off", spellcheck: "false", placeholder: "esr_…", "aria-describedby": "key-error", "aria-invalid": message ? "true" : null }),
    el("p", { id: "key-error", class: "bad", role: "alert" }, message ?? ""),
    el("button", { type: "submit", class: "main", disabled: isBusy }, isBusy ? "Checking…" : "Show the dashboard"),
    el("p", { class: "muted small" }, "A link that ends in ", el("code", {}, "#key=esr_…"), " signs in by itself."),
  );
}
