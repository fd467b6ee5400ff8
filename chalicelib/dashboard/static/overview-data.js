// What the overview shows, and how it is kept fresh.

import { ALL } from "./anomalies.js";
import { Minutes, busiest, eventsIn, lastHour, lastHours, periodsOf, rowsOf, settledUntil, valuesOf } from "./today.js";
import { DAY, HOUR, MINUTE, SECOND, iso, startOfDay, startOfHour } from "./time.js";

const REREAD = 5 * MINUTE; // late events still change these minutes
const REREAD_ALL_AFTER = MINUTE;

export const RANGES = { hour: "Hour", day: "24 hours", week: "7 days" };

export class OverviewData {
  minutes = new Minutes();
  types = []; // of the last month, the busiest first
  newestHour = null; // in which anything was counted, in the last month
  hours = null; // rollups by hour, of today and of the chart's range
  gaps = []; // live rows of hours that are over and not rolled up
  current = []; // live rows of the hours since `currentFrom`
  currentFrom = null;
  ranges = []; // today, yesterday, a week ago: rollups merged into one row a type
  anomalies = [];
  settled = null;
  updatedAt = null;
  #minutesReadAt = -Infinity;

  constructor({ api, clock, palette }, { range, type }) {
    Object.assign(this, { api, clock, palette, range, type });
  }

  /** What to ask, and how often; the second job needs to run before the first is complete. */
  get jobs() {
    return [
      { name: "rollups", everyMs: 30 * SECOND, run: (signal) => this.#readRollups(signal) },
      { name: "live", everyMs: 4 * SECOND, run: (signal) => this.#readLive(signal) },
    ];
  }

  get isLoaded() {
    return this.hours !== null && this.updatedAt !== null;
  }

  get hasNothing() {
    return this.isLoaded && this.minutes.isEmpty && this.current.length === 0 && this.types.length === 0;
  }

  /** Live rows of today's hours that rollups don't have. */
  liveOf(type) {
    return [...this.gaps, ...this.current].filter((row) => row.event_type === type && Date.parse(row.from) >= this.settled);
  }

  async #readLive(signal) {
    const now = this.clock.now();
    const { from } = lastHour(now);
    const isComplete = now - this.#minutesReadAt > REREAD_ALL_AFTER;
    const minutesFrom = isComplete ? from : Math.max(from, now - REREAD);
    const currentFrom = this.currentFrom ?? startOfHour(now);
    const [minutes, hours] = await Promise.all([
      this.api.getAll("metrics/live", { by: "minute", from: iso(minutesFrom - (minutesFrom % MINUTE)) }, "rows", { signal }),
      this.api.getAll("metrics/live", { by: "hour", from: iso(currentFrom) }, "rows", { signal }),
    ]);
    if (isComplete) this.#minutesReadAt = now;
    this.minutes.put(minutes);
    this.minutes.forgetBefore(from);
    this.current = hours.rows;
    this.palette.assign(busiest(this.minutes.rows));
    this.updatedAt = now;
  }

  async #readRollups(signal) {
    const now = this.clock.now();
    const hour = startOfHour(now);
    const today = startOfDay(now);
    const from = Math.min(today, this.chartPeriod(now).from);
    await this.#readTypes(now, signal);
    const hours = await this.api.getAll("metrics", { by: "hour", from: iso(from), to: iso(hour + HOUR), event_type: this.#shownTypes() }, "rows", { signal });
    const gapsFrom = settledUntil(hours, from, hour);
    const settled = Math.max(today, settledUntil({ hours_not_rolled_up: hours.hours_not_rolled_up.filter((missing) => Date.parse(missing) >= today) }, today, hour));
    const [gaps, anomalies, ranges] = await Promise.all([
      gapsFrom < hour ? this.api.getAll("metrics/live", { by: "hour", from: iso(gapsFrom), to: iso(hour) }, "rows", { signal }) : { rows: [] },
      this.api.getAll("anomalies", { from: iso(Math.min(from, now - DAY)), to: iso(hour + HOUR), state: "standing" }, "anomalies", { signal }),
      settled > today ? Promise.all(periodsOf(now, settled).map((period) => this.#readRange(period, signal))) : [],
    ]);
    const missing = new Set(hours.hours_not_rolled_up);
    Object.assign(this, { hours, ranges, settled, currentFrom: hour, anomalies: anomalies.anomalies });
    this.gaps = gaps.rows.filter((row) => missing.has(row.from));
    this.current = this.current.filter((row) => Date.parse(row.from) >= hour);
  }

  async #readTypes(now, signal) {
    const { event_types: types } = await this.api.get("metrics/event-types", { from: iso(startOfHour(now) - 30 * DAY) }, { signal });
    this.types = types.map((type) => type.event_type);
    this.newestHour = types.map((type) => Date.parse(type.newest_hour)).reduce((a, b) => Math.max(a, b), 0) || null;
    this.palette.assign(this.types);
  }

  #readRange({ from, to }, signal) {
    return this.api.getAll("metrics", { by: "range", from: iso(from), to: iso(to) }, "rows", { signal });
  }

  /** Types that are drawn by themselves; all others are the sum of all without them. */
  #shownTypes() {
    const shown = this.type === ALL ? this.types.filter((type) => this.palette.has(type)) : [this.type];
    return [...new Set([ALL, ...shown])].join(",");
  }

  chartPeriod(now) {
    return { hour: () => lastHour(now), day: () => lastHours(now, 24), week: () => lastHours(now, 7 * 24) }[this.range]();
  }

  /** Rows of the chart's period, whichever way they were counted. */
  #chartRows() {
    return this.range === "hour" ? this.minutes.rows : [...(this.hours?.rows ?? []), ...this.gaps, ...this.current];
  }

  /** The chart's lines: the types that have a colour, and the rest as one. */
  chartSeries(period) {
    const rows = this.#chartRows();
    const valuesOfType = (type) => valuesOf(rows.filter((row) => row.event_type === type), period, eventsIn);
    if (this.type !== ALL) return [{ name: this.type, slot: this.palette.slotOf(this.type), values: valuesOfType(this.type) }];
    const shown = busiest(rows)
      .filter((type) => this.palette.has(type))
      .map((type) => ({ name: type, slot: this.palette.slotOf(type), values: valuesOfType(type) }));
    const rest = valuesOfType(ALL).map((total, n) => total - shown.reduce((sum, { values }) => sum + values[n], 0));
    return rest.some((value) => value > 0) ? [...shown, { name: "other", slot: 0, values: rest }] : shown;
  }

  /** Today by hours, for the lines in the tiles. */
  todayByHour(value, nothing = 0) {
    const now = this.clock.now();
    const period = { from: startOfDay(now), to: startOfHour(now) + HOUR, step: HOUR };
    const rows = [...rowsOf(this.hours, this.type), ...this.gaps, ...this.current].filter((row) => row.event_type === this.type);
    return { period, values: valuesOf(rows, period, value, nothing) };
  }
}
