// Starts the page: takes the key, and shows the view that the address names.

import { Api } from "./api.js";
import { Chart } from "./chart.js";
import { announce, render } from "./dom.js";
import { startExplore } from "./explore.js";
import { startHealth } from "./health.js";
import { forgetKey, heldKey, keepKey, takeKeyFromAddress } from "./key.js";
import { startOverview } from "./overview.js";
import { late } from "./late.js";
import { note } from "./parts.js";
import { Poll } from "./poll.js";
import { Palette } from "./series.js";
import { Status, header, notice } from "./shell.js";
import { showSignIn } from "./signin.js";
import { Clock } from "./time.js";
import { VIEWS, fragmentOf, readView } from "./url.js";

const STARTS = {
  overview: startOverview,
  explore: startExplore,
  attribution: late("./attribution.js"),
  experiments: late("./experiments.js"),
  health: startHealth,
};
const main = document.getElementById("main");
const clock = new Clock();
const palette = new Palette();
const chart = new Chart();
let view = null; // the name of what is shown; null while signing in
let running = null; // what is shown: `{ poll, draw }`
let status = null;
let stage = null; // the deployment's name
let hasWorked = false; // whether the API has accepted the key

/** Stop what is shown; nothing may stay open over what follows. */
function leave() {
  running?.poll.stop();
  document.getElementById("dialog").close();
}

function show() {
  takeKeyFromAddress();
  const key = heldKey();
  if (!key) return signIn(null);
  leave();
  if (status?.api.key !== key) startStatus(key);
  const { view: wanted, parameters } = readView(location.hash);
  // Another state of the same view takes over what is on the page.
  if (view !== wanted) {
    render(main, note("Loading…"));
    announce(VIEWS[wanted]);
  }
  view = wanted;
  document.title = `EventStream · ${VIEWS[view]}`;
  drawHeader();
  const context = { api: status.api, clock, palette, chart, status, go, asked };
  const { jobs, draw } = STARTS[view](main, context, parameters);
  running = { draw, poll: new Poll(jobs, onPolled) };
}

/** What the address says now; the view may not be drawn yet. */
const asked = () => readView(location.hash).parameters;

function go(name, parameters) {
  location.hash = fragmentOf(name, parameters);
}

function startStatus(key) {
  status?.poll.stop();
  hasWorked = false;
  status = new Status(new Api(key, clock), onPolled);
}

/** After every attempt to read something: show it, and say what fails, or that the key is refused. */
function onPolled() {
  const polls = [running?.poll, status?.poll].filter(Boolean);
  const failing = polls.flatMap((poll) => poll.failing);
  const refused = failing.find(({ error }) => error.kind === "key" || error.kind === "scope")?.error;
  if (refused) {
    forgetKey();
    return signIn(refused.kind === "key" && hasWorked ? "retired" : refused.kind);
  }
  hasWorked ||= failing.length === 0;
  drawHeader();
  running?.draw();
  render(document.getElementById("notice"), notice(failing, () => polls.forEach((poll) => poll.now())));
}

function signIn(reason) {
  leave();
  status?.poll.stop();
  view = running = status = null;
  document.title = "EventStream · Sign in";
  drawHeader();
  render(document.getElementById("notice"));
  render(main);
  showSignIn(main, { clock, reason, onKey });
}

function onKey(key) {
  keepKey(key);
  show();
}

function onForget() {
  forgetKey();
  announce("Key forgotten.");
  signIn(null);
}

function drawHeader() {
  render(document.getElementById("header"), header({ view, stage, key: heldKey(), status, onForget }));
}

/** Close the menus that a click or Escape leaves behind. */
function closeMenus({ target, key }) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (key ? key !== "Escape" : menu.contains(target)) continue;
    menu.open = false;
    if (key) menu.firstChild.focus();
  }
}

for (const kind of ["click", "keydown", "focusin"]) document.addEventListener(kind, closeMenus);
addEventListener("hashchange", show);
show();
// The stage's name is an ornament; that it can't be read is said elsewhere.
new Api(null, clock).get("health").then((health) => {
  ({ stage } = health);
  drawHeader();
}, () => {});
