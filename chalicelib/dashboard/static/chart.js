// Charts over time, drawn by uPlot: lines from zero, few ticks, what isn't over yet dashed.

import { announce, el, render, svg } from "./dom.js";
import { clockTime, dateTime, day, dayOfUtc } from "./format.js";
import { DAY, HOUR, SECOND } from "./time.js";

const dark = matchMedia("(prefers-color-scheme: dark)");

/**
 * A chart that looks after what is inside `root`.
 *
 * `draw` takes `{ label, moments, step, series, isUnfinished, format, marks }`; a series is
 * `{ name, slot, values, isBefore }`, and a mark `{ from, to, label, onOpen }`.
 */
export class Chart {
  #root;
  #canvas;
  #overlay;
  #plot = null;
  #shape = "";
  #view = null;
  #resizing;

  constructor(root) {
    this.#root = root;
    this.#canvas = el("div", { class: "chart-canvas", role: "img", tabindex: "0", onkeydown: (event) => this.#onKey(event) });
    this.#canvas.addEventListener("blur", () => this.#leave());
    this.#overlay = el("div", { class: "chart-overlay" });
    root.replaceChildren(this.#canvas, this.#overlay);
    this.#resizing = new ResizeObserver(() => this.#resize());
    this.#resizing.observe(root);
    dark.addEventListener("change", this.#onTheme);
  }

  destroy() {
    this.#resizing.disconnect();
    dark.removeEventListener("change", this.#onTheme);
    this.#plot?.destroy();
  }

  draw(view) {
    this.#view = view;
    this.#canvas.setAttribute("aria-label", view.label);
    const data = dataOf(view);
    const shape = JSON.stringify([view.step, view.series.map(({ name, slot, isBefore }) => [name, slot, isBefore])]);
    if (this.#plot && shape === this.#shape) {
      this.#plot.setData(data);
    } else {
      this.#plot?.destroy();
      this.#shape = shape;
      this.#plot = new uPlot(this.#options(view), data, this.#canvas);
    }
    this.#place();
  }

  #options(view) {
    const style = getComputedStyle(this.#root);
    const colour = (name) => style.getPropertyValue(`--${name}`).trim();
    const font = `${parseFloat(style.fontSize) * (12 / 14)}px ${style.fontFamily}`;
    const axis = { stroke: colour("muted"), font, ticks: { show: false } };
    return {
      width: this.#root.clientWidth,
      height: this.#root.clientHeight,
      padding: [12, 8, 0, 0],
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, y: false, points: { size: 7, width: 2 } },
      scales: { x: { time: true }, y: { range: (_, __, highest) => [0, niceTop(highest)] } },
      axes: [
        { ...axis, grid: { show: false }, space: 72, values: (_, splits) => splits.map((split, n) => tickOf(split * SECOND, splits[n - 1] * SECOND, this.#view.step)) },
        { ...axis, grid: { stroke: colour("hairline"), width: 1 }, space: 44, size: axisSize, values: (_, splits) => splits.map((split) => this.#view.format(split, true)) },
      ],
      series: [{}, ...view.series.flatMap((series) => linesOf(series, colour, view.series.length === 1))],
      hooks: { setCursor: [() => this.#onCursor()], draw: [() => this.#place()] },
    };
  }

  #onTheme = () => {
    this.#shape = "";
    if (this.#view) this.draw(this.#view);
  };

  #resize() {
    const { clientWidth: width, clientHeight: height } = this.#root;
    if (this.#plot && width && height) this.#plot.setSize({ width, height });
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
    this.#plot?.setCursor({ left: -10, top: -10 });
  }

  #onCursor() {
    this.#place();
  }

  /** What the chart says at one moment: the time first, then its series. */
  #readout(index) {
    const { moments, step, series, format, isUnfinished } = this.#view;
    const isOpen = isUnfinished && index === moments.length - 1;
    const when = { name: momentText(moments[index], step), text: isOpen ? "so far" : "", slot: null };
    return [when, ...series.map(({ name, slot, values, isBefore }) => ({ name, slot, isBefore, text: format(values[index]) }))];
  }

  /** Place marks and the readout over the plot. */
  #place() {
    const plot = this.#plot;
    if (!plot) return;
    const ratio = devicePixelRatio;
    const box = { left: plot.bbox.left / ratio, top: plot.bbox.top / ratio, width: plot.bbox.width / ratio };
    render(this.#overlay, this.#marks(box), this.#tip(box));
    for (const node of this.#overlay.querySelectorAll("[data-left]")) {
      node.style.left = `${node.dataset.left}px`;
      node.style.top = `${node.dataset.top}px`;
    }
  }

  #marks(box) {
    const { moments, step, marks = [] } = this.#view;
    const end = moments[moments.length - 1] + step;
    return marks
      .filter(({ from, to }) => to > moments[0] && from < end)
      .map((mark) => {
        const middle = step >= HOUR ? mark.from : (Math.max(mark.from, moments[0]) + Math.min(mark.to, end)) / 2;
        const left = Math.min(box.width, Math.max(0, this.#plot.valToPos(middle / SECOND, "x")));
        return el(
          "button",
          { type: "button", class: "mark", "data-key": mark.label, "data-left": Math.round(box.left + left), "data-top": Math.round(box.top), "aria-label": mark.label, title: mark.label, onclick: mark.onOpen },
          svg("svg", { viewBox: "0 0 12 12", "aria-hidden": "true" }, svg("path", { d: "M6 0.5L11.5 6 6 11.5 0.5 6z" })),
        );
      });
  }

  #tip(box) {
    const { idx, left } = this.#plot.cursor;
    if (idx === null || idx === undefined || left < 0) return null;
    const [when, ...rows] = this.#readout(idx);
    const isRight = left > box.width / 2;
    return el(
      "div",
      { class: `tip ${isRight ? "tip-left" : "tip-right"}`, "aria-hidden": "true", "data-left": Math.round(box.left + left), "data-top": Math.round(box.top + 4) },
      el("p", { class: "tip-time" }, when.name, when.text && el("span", { class: "muted" }, ` ${when.text}`)),
      rows.map(({ name, slot, text, isBefore }) =>
        el("p", { class: "tip-row" }, el("span", { class: `swatch series-${slot}${isBefore ? " before" : ""}` }), el("span", {}, name), el("span", { class: "number" }, text))),
    );
  }
}

/** Solid up to the last moment that is over, dashed from there on: two lines a series. */
function dataOf({ moments, series, isUnfinished }) {
  const last = moments.length - 1;
  const split = isUnfinished ? last - 1 : last;
  const lines = series.flatMap(({ values }) => [
    values.map((value, n) => (n <= split ? (value ?? null) : null)),
    values.map((value, n) => (isUnfinished && n >= split ? (value ?? null) : null)),
  ]);
  return [moments.map((moment) => moment / SECOND), ...lines];
}

function linesOf({ name, slot, isBefore }, colour, isOnly) {
  const stroke = colour(slot ? `series-${slot}` : "series-other");
  const line = {
    label: name,
    stroke,
    alpha: isBefore ? 0.45 : 1,
    width: isBefore ? 1.25 : 1.75,
    points: { show: true, size: 5, width: 0, fill: stroke, filter: loneValues },
    fill: isOnly ? `${stroke}14` : undefined,
  };
  return [line, { ...line, dash: [3, 4], points: { show: false } }];
}

/** A value between two gaps would be a line without length: it is drawn as a point. */
function loneValues(plot, index) {
  const values = plot.data[index];
  const dashed = index % 2 ? plot.data[index + 1] : null;
  return values.flatMap((value, n) => {
    const isLone = value !== null && (values[n - 1] ?? null) === null && (values[n + 1] ?? dashed?.[n + 1] ?? null) === null;
    return isLone ? [n] : [];
  });
}

function niceTop(highest) {
  if (!highest) return 1;
  const magnitude = 10 ** Math.floor(Math.log10(highest * 1.05));
  return [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].map((n) => n * magnitude).find((top) => top >= highest * 1.05);
}

function axisSize(plot, values) {
  if (!values) return 40;
  plot.ctx.font = plot.axes[1].font[0];
  return Math.max(...values.map((value) => plot.ctx.measureText(value).width)) / devicePixelRatio + 12;
}

function tickOf(moment, previous, step) {
  if (step >= DAY) return dayOfUtc(moment);
  const isNewDay = new Date(moment).toDateString() !== new Date(previous).toDateString();
  return isNewDay && new Date(moment).getHours() === 0 ? day(moment) : clockTime(moment);
}

export function momentText(moment, step) {
  if (step >= DAY) return `${dayOfUtc(moment)} UTC`;
  return step >= HOUR ? `${dateTime(moment)} – ${clockTime(moment + step)}` : clockTime(moment);
}
