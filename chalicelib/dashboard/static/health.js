// Placeholder.
import { el, render } from "./dom.js";
export function startHealth(root) { render(root, el("h1", {}, "Health")); return { stop() {} }; }
