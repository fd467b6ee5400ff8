// Charts over time, drawn by uPlot: lines from zero, few ticks, what isn't over yet dashed.

import { announce, el, render } from "./dom.js";
import { clockTime, dateTime, day, dayOfUtc } from "./format.js";
import { swatch } from "./parts.js";
import { DAY, HOUR, SECOND } from "./time.js";

const dark = matchMedia("(prefers-color-scheme: dark)");

/**
 * The one chart of the page, which looks after what is inside the element that it is drawn into.
 * `draw` takes `{ label, moments, step, series, isUnfinished, isWhole, format, marks }`; a series
 * is `{ name, slot, values, isBefore }`, and a mark `{ from, to, label, onOpen }`.
 */
export class Chart {
  #root = null;
  #canvas;
  #overlay;
  #plot = null;
  #shape = null; // what can't be changed without a new plot
  #view;
  #resizing = new ResizeObserver(() => this.#resize());

  constructor() {
    dark.onchange = () => {
      this.#shape = null;
      if (this.#root?.isConnected) this.draw(this.#root, this.#view);
    };
  }

  draw(root, view) {
    if (root !== this.#root) this.#moveTo(root);
    this.#view = view;
    this.#canvas.setAttribute("aria-label", `Line chart. ${view.label} Arrow keys read its values.`);
    const data = dataOf(view);
    const shape = JSON.stringify([view.step, view.isWhole, view.series.map(({ name, slot }) => [name, slot])]);
    if (shape === this.#shape) {
      this.#plot.setData(data);
    } else {
      this.#plot?.destroy();
      this.#shape = shape;
      this.#plot = new uPlot(this.#options(view), data, this.#canvas);
    }
    this.#place();
  }

  #moveTo(root) {
    this.#resizing.disconnect();
    this.#plot?.destroy();
    this.#plot = this.#shape = null;
    this.#root = root;
    const listeners = { onkeydown: (event) => this.#onKey(event), onblur: () => this.#leave() };
    this.#canvas = el("div.chart-canvas", { role: "img", tabindex: "0", ...listeners });
    this.#overlay = el("div.chart-overlay");
    root.replaceChildren(this.#canvas, this.#overlay);
    this.#resizing.observe(root);
  }

  #options({ series, step, isWhole }) {
    const style = getComputedStyle(this.#root);
    const colour = (name) => style.getPropertyValue(`--${name}`).trim();
    const font = `${style.fontSize} ${style.fontFamily}`;
    const scale = parseFloat(style.fontSize) / 12;
    const axis = { stroke: colour("muted"), font, ticks: { show: false } };
    const grid = { stroke: colour("hairline"), width: 1 };
    const times = (_, splits) => splits.map((split) => tickOf(split * SECOND, this.#view.step));
    const values = (_, splits) => splits.map((split) => this.#view.format(split, true));
    const nearest = (plot, left) => Math.floor(plot.valToPos(plot.data[0][plot.posToIdx(left)], "x"));
    const toMoment = (plot, left, top) => [left < 0 ? left : nearest(plot, left), top];
    return {
      width: this.#root.clientWidth,
      height: this.#root.clientHeight,
      // Half of the last moment's label is beyond the plot.
      padding: [12, 22 * scale, 0, 0],
      // The API's days are those of UTC.
      tzDate: (at) => (step < DAY ? new Date(at * SECOND) : uPlot.tzDate(new Date(at * SECOND), "UTC")),
      legend: { show: false },
      cursor: { move: toMoment, drag: { x: false, y: false }, y: false, points: { size: 7 } },
      // There is no half of an event, which a lower scale would have a line for.
      scales: { y: { range: (_, __, high) => uPlot.rangeNum(0, Math.max(high, isWhole ? 4 : 0) || 1, 0.1, true) } },
      axes: [
        { ...axis, grid: { show: false }, space: 72 * scale, size: 28 * scale, values: times },
        { ...axis, grid, space: 44 * scale, size: axisSize, values },
      ],
      series: [{}, ...series.flatMap((one) => linesOf(one, colour, scale, series.length === 1))],
      hooks: { setCursor: [() => this.#place()], draw: [() => this.#place()] },
    };
  }

  #resize() {
    const { clientWidth: width, clientHeight: height } = this.#root;
    if (width && height) this.#plot?.setSize({ width, height });
  }

  #onKey(event) {
    const last = this.#view.moments.length - 1;
    const current = this.#plot.cursor.idx ?? last + 1;
    const wanted = { ArrowLeft: current - 1, ArrowRight: current + 1, Home: 0, End: last }[event.key];
    if (event.key === "Escape") this.#leave();
    if (wanted === undefined) return;
    event.preventDefault();
    const index = Math.min(last, Math.max(0, wanted));
    this.#plot.setCursor({ left: this.#plot.valToPos(this.#view.moments[index] / SECOND, "x"), top: 1 });
    announce(this.#readout(index).map(({ name, text }) => `${name} ${text}`).join(", "));
  }

  #leave() {
    this.#plot.setCursor({ left: -10, top: -10 });
  }

  /** What the chart says at one moment: the time first, then its series. */
  #readout(index) {
    const { moments, step, series, format, isUnfinished } = this.#view;
    const isOpen = isUnfinished && index === moments.length - 1;
    const time = { name: momentText(moments[index], step), text: isOpen ? "so far" : "" };
    return [time, ...series.map((one) => ({ ...one, text: format(one.values[index]) }))];
  }

  /** Place marks and the readout over the plot. */
  #place() {
    if (!this.#plot) return;
    const [left, top, width] = ["left", "top", "width"].map((side) => this.#plot.bbox[side] / devicePixelRatio);
    const at = (x, y) => ({ "data-x": left + Math.min(width, Math.max(0, x)), "data-y": top + y });
    render(this.#overlay, this.#marks(at), this.#tip(at, width));
    for (const { style, dataset } of this.#overlay.children) {
      style.left = `${dataset.x}px`;
      style.top = `${dataset.y}px`;
    }
  }

  #marks(at) {
    const { moments, step, marks } = this.#view;
    const end = moments.at(-1) + step;
    const shown = marks.filter(({ from, to }) => to > moments[0] && from < end);
    return shown.map(({ from, to, label, onOpen }) => {
      const moment = step < HOUR ? (Math.max(from, moments[0]) + Math.min(to, end)) / 2 : from;
      const x = this.#plot.valToPos(moment / SECOND, "x");
      return el("button.mark", { ...at(x, 0), "data-key": label, "aria-label": label, title: label, onclick: onOpen }, "◆");
    });
  }

  #tip(at, width) {
    const { idx, left } = this.#plot.cursor;
    if (left < 0 || !Number.isInteger(idx)) return null;
    const [time, ...rows] = this.#readout(idx);
    const row = ({ name, slot, text, isBefore }) => el("p.row", swatch(slot, isBefore), name, el("strong", text));
    return el(left > width / 2 ? "div.tip.to-left" : "div.tip",
      { ...at(left, 4), "aria-hidden": "true" },
      el("p", el("strong", time.name), ` ${time.text}`),
      rows.map(row));
  }
}

/** Solid up to the last moment that is over, dashed from there on: two lines a series. */
function dataOf({ moments, series, isUnfinished }) {
  const split = moments.length - 2;
  const lines = series.flatMap(({ values, isBefore }) => {
    const isOver = isBefore || !isUnfinished;
    return [
      values.map((value, n) => (isOver || n <= split ? value : null)),
      values.map((value, n) => (isOver || n < split ? null : value)),
    ];
  });
  return [moments.map((moment) => moment / SECOND), ...lines];
}

function linesOf({ slot, isBefore }, colour, scale, isOnly) {
  const stroke = colour(`series-${slot}`);
  const line = { stroke, width: 1.75 * scale, alpha: isBefore ? 0.45 : 1, fill: isOnly ? `${stroke}14` : undefined };
  const points = { show: true, size: 5, width: 0, fill: stroke, filter: loneValues };
  return [{ ...line, points }, { ...line, dash: [3, 4], points: { show: false } }];
}

/** A value between two gaps would be a line without length: it is drawn as a point. */
function loneValues({ data }, index) {
  const isGap = (n) => (data[index][n] ?? data[index + 1][n] ?? null) === null;
  return data[index].flatMap((value, n) => (value !== null && isGap(n - 1) && isGap(n + 1) ? [n] : []));
}

function axisSize(plot, values) {
  plot.ctx.font = plot.axes[1].font[0];
  return Math.max(28, ...(values ?? []).map((value) => plot.ctx.measureText(value).width / devicePixelRatio + 12));
}

function tickOf(moment, step) {
  if (step >= DAY) return dayOfUtc(moment);
  const date = new Date(moment);
  return (date.getHours() + date.getMinutes() === 0 ? day : clockTime)(moment);
}

export function momentText(moment, step) {
  if (step >= DAY) return `${dayOfUtc(moment)} UTC`;
  return step >= HOUR ? `${dateTime(moment)} – ${clockTime(moment + step)}` : clockTime(moment);
}
