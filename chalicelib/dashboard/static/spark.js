// A line the size of a word. It repeats what is written elsewhere, so screen readers skip it.

import { svg } from "./dom.js";

const WIDTH = 100;
const HEIGHT = 28;
const PADDING = 2;

/** Draw values from zero up; the last one is dashed when its hour or minute isn't over. */
export function spark(values, { isUnfinished = false, marks = [], slot = 1 } = {}) {
  const highest = Math.max(...values.map((value) => value ?? 0), 0);
  const points = values.map((value, n) => (value === null || value === undefined ? null : pointAt(n, value)));
  const split = isUnfinished ? values.length - 2 : values.length - 1;

  function pointAt(n, value) {
    const x = values.length > 1 ? (n / (values.length - 1)) * WIDTH : WIDTH;
    const y = HEIGHT - PADDING - (highest ? value / highest : 0) * (HEIGHT - 2 * PADDING);
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  }

  return svg(
    "svg",
    { class: `spark series-${slot}`, "aria-hidden": "true", focusable: "false" },
    // Stretched to any width, which would turn the marks into ellipses: they are placed outside.
    svg(
      "svg",
      { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", width: "100%", height: "100%" },
      svg("path", { class: "spark-line", d: pathOf(points.slice(0, split + 1)) }),
      isUnfinished && svg("path", { class: "spark-line unfinished", d: pathOf(points.slice(Math.max(0, split))) }),
    ),
    marks.map((n) =>
      svg("svg", { x: `${(n / Math.max(1, values.length - 1)) * 100}%`, y: "0", overflow: "visible" },
        svg("path", { class: "spark-mark", d: "M0 0l3.5 3.5L0 7l-3.5-3.5z" })),
    ),
  );
}

/** A gap in the values is a gap in the line; a lone value is a dot, as round caps draw it. */
function pathOf(points) {
  let path = "";
  points.forEach((point, n) => {
    if (!point) return;
    const isFirst = n === 0 || !points[n - 1];
    const isLone = isFirst && !points[n + 1];
    path += isLone ? `M${point}h0.01` : `${isFirst ? "M" : "L"}${point}`;
  });
  return path;
}
