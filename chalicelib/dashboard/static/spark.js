// A line the size of a word, which repeats what screen readers find elsewhere.

import { svg } from "./dom.js";

const WIDTH = 100;
const HEIGHT = 28;
const PADDING = 2;

/** Draw values from zero up, the last one dashed, since its hour or minute is not over. */
export function spark(values, { slot = 1, marks = [] } = {}) {
  const highest = Math.max(...values, 0) || 1;
  const last = values.length - 1;
  const points = values.map((value, n) => {
    const y = HEIGHT - PADDING - (value / highest) * (HEIGHT - 2 * PADDING);
    return value === null ? null : `${((n / (last || 1)) * WIDTH).toFixed(1)} ${y.toFixed(1)}`;
  });
  return svg(`svg.spark.series-${slot}`,
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("path", { d: pathOf(points.slice(0, last)) }),
    svg("path.unfinished", { d: pathOf(points.slice(Math.max(0, last - 1))) }),
    svg("path.spark-mark", { d: marks.map((n) => dot(points[n])).join("") }));
}

/** A line without length, which round caps turn into a dot however the picture is stretched. */
const dot = (point) => (point ? `M${point}h.01` : "");

/** A gap in the values is a gap in the line. */
function pathOf(points) {
  return points.map((point, n) => (point && points[n - 1] ? `L${point}` : dot(point))).join("");
}
