// Starts the page: takes the key, shows the view that the address names, and says how it goes.

import { Api } from "./api.js";
import { announce, render } from "./dom.js";
import { startExplore } from "./explore.js";
import { startHealth } from "./health.js";
import { forgetKey, heldKey, keepKey, takeKeyFromAddress } from "./key.js";
import { startOverview } from "./overview.js";
import { Palette } from "./palette.js";
import { header, notice } from "./shell.js";
import { showSignIn } from "./signin.js";
import { Clock } from "./time.js";
import { fragmentOf, readView } from "./url.js";

const STARTS = { overview: startOverview, explore: startExplore, health: startHealth };
const main = document.getElementById("main");

const clock = new Clock();
const palette = new Palette();
let running = null; // the view that is shown
let stage = null; // the deployment's name
let hasWorked = false; // whether the API has accepted the key

function show() {
  takeKeyFromAddress();
  running?.stop();
  running = null;
  const key = heldKey();
  if (!key) return signIn(null);
  const { view, parameters } = readView(location.hash);
  document.title = `EventStream · ${view[0].toUpperCase()}${view.slice(1)}`;
  drawHeader(view);
  render(main);
  const api = new Api(key, clock);
  running = STARTS[view](main, { api, clock, palette, go, onPolled }, parameters);
}

function go(view, parameters) {
  location.hash = fragmentOf(view, parameters);
}

function onPolled(poll) {
  const refused = poll.failing.find(({ error }) => error.kind === "key" || error.kind === "scope");
  if (refused) return refuse(refused.error);
  hasWorked = true;
  render(document.getElementById("notice"), notice(poll));
}

function refuse(error) {
  const reason = error.kind === "scope" ? "scope" : hasWorked ? "retired" : "wrong";
  forgetKey();
  signIn(reason);
}

function signIn(reason) {
  running?.stop();
  running = null;
  hasWorked = false;
  document.title = "EventStream · Sign in";
  drawHeader(null);
  render(document.getElementById("notice"));
  render(main);
  showSignIn(main, { clock, reason, onKey });
}

function onKey(key) {
  keepKey(key);
  hasWorked = true;
  announce("Signed in.");
  show();
}

function drawHeader(view) {
  render(document.getElementById("header"), header({ view, stage, key: heldKey(), onForget: forget, main }));
}

function forget() {
  forgetKey();
  announce("The key is forgotten.");
  signIn(null);
}

async function readStage() {
  try {
    ({ stage } = await new Api(null, clock).get("health"));
    drawHeader(heldKey() ? readView(location.hash).view : null);
  } catch {
    // The name of the stage is an ornament; whatever fails here is said elsewhere.
  }
}

addEventListener("hashchange", show);
show();
readStage();
