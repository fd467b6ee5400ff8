// Placeholder.
import { el, render } from "./dom.js";
export function startExplore(root) { render(root, el("h1", {}, "Explore")); return { stop() {} }; }
