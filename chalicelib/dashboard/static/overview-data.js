// What the overview shows, and how it is kept fresh.

import { ALL, Rows, busiest, eventsIn, readTypes, valuesOf } from "./rows.js";
import { DAY, HOUR, MINUTE, SECOND, iso, lastSteps, startOf, startOfDay } from "./time.js";

const REREAD = 5 * MINUTE; // late events still change these minutes
const REREAD_ALL_AFTER = MINUTE;

export const RANGES = { hour: "1 hour", day: "24 hours", week: "7 days" };

export class OverviewData {
  minutes = new Minutes();
  types = []; // of late, the busiest first
  newestHour = 0; // in which anything was counted
  ranges = []; // today, yesterday, a week ago: rollups merged into one row a type
  anomalies = [];
  settled = null; // until then, today is rolled up
  updatedAt = null;
  #minutesReadAt = -Infinity;

  constructor(context, { range, type }) {
    const { api, clock, palette } = context;
    Object.assign(this, { api, clock, palette, range, type, rows: new Rows(context) });
  }

  // Rollups change once an hour, and reading them costs more.
  jobs = [
    { everyMs: MINUTE, run: () => this.#readRollups() },
    { everyMs: 4 * SECOND, run: () => this.#readLive() },
  ];

  get isLoaded() {
    return this.settled !== null && this.updatedAt !== null;
  }

  get isEmpty() {
    return [...this.types, ...this.minutes.all, ...this.rows.all].length === 0;
  }

  get lastHour() {
    return lastSteps(this.clock.now(), 60, MINUTE);
  }

  get period() {
    if (this.range === "hour") return this.lastHour;
    return lastSteps(this.clock.now(), this.range === "day" ? 24 : 7 * 24, HOUR);
  }

  get today() {
    const now = this.clock.now();
    return { from: startOfDay(now), to: startOf(HOUR, now) + HOUR, step: HOUR };
  }

  get series() {
    const source = this.range === "hour" ? this.minutes : this.rows;
    const { period, palette, type } = this;
    const values = (name) => valuesOf(source.of(name), period, eventsIn);
    if (type !== ALL) return [{ name: type, slot: palette.slotOf(type) || 1, values: values(type) }];
    return palette.series(busiest(source.all), values, values(ALL));
  }

  /** One type's figures of today, or of another of the ranges; only today goes on to now. */
  figures(type, range = 0, isLive = range === 0) {
    const row = this.ranges[range]?.rows.find(({ event_type: name }) => name === type) ?? null;
    const figures = figuresOf(row, isLive ? this.rows.live(type, this.settled) : []);
    // A period without a row is one in which nothing was counted.
    return row || !this.ranges[range] ? figures : { ...figures, users: 0, isSettled: true, isFinal: true };
  }

  async #readLive() {
    const now = this.clock.now();
    const { from } = this.lastHour;
    const isComplete = now - this.#minutesReadAt > REREAD_ALL_AFTER;
    const since = isComplete ? from : Math.max(from, startOf(MINUTE, now - REREAD));
    const event_type = isComplete ? null : this.#shownTypes().join();
    const [minutes] = await Promise.all([
      this.api.getAll("metrics/live", { by: "minute", from: iso(since), event_type }),
      this.rows.readCurrent(null),
    ]);
    if (isComplete) this.#minutesReadAt = now;
    this.minutes.put(minutes.rows, from);
    this.palette.assign(busiest([...this.minutes.all, ...this.rows.all]));
    this.updatedAt = now;
  }

  async #readRollups() {
    const now = this.clock.now();
    const { from: midnight, to } = this.today;
    const from = Math.min(midnight, this.period.from);
    Object.assign(this, await readTypes(this));
    this.palette.assign(this.types);
    await this.rows.read({ from, to, types: this.#shownTypes() });
    const settled = this.rows.settledUntil(midnight, to - HOUR);
    const since = { from: iso(Math.min(from, now - DAY)), to: iso(to), state: "standing" };
    const { anomalies } = await this.api.getAll("anomalies", since, "anomalies");
    const days = settled > midnight ? [0, 1, 7].map((before) => startOfDay(now, before)) : [];
    const range = (start) => ({ by: "range", from: iso(start), to: iso(start + settled - midnight) });
    const ranges = await Promise.all(days.map((start) => this.api.getAll("metrics", range(start))));
    Object.assign(this, { settled, ranges, anomalies });
  }

  /** All others are the sum of all without these, which keeps answers small. */
  #shownTypes() {
    return [ALL, ...(this.type === ALL ? this.palette.types : [this.type])];
  }
}

/** Minute rows, of which the newest are read again every few seconds. */
class Minutes {
  #rows = new Map();

  put(rows, oldest) {
    for (const row of rows) this.#rows.set(`${row.from} ${row.event_type}`, row);
    for (const [key, row] of this.#rows) if (Date.parse(row.from) < oldest) this.#rows.delete(key);
  }

  get all() {
    return [...this.#rows.values()];
  }

  of(type) {
    return this.all.filter((row) => row.event_type === type);
  }
}

const sum = (rows, field) => rows.reduce((total, row) => total + row[field], 0);

/** What a rolled-up row (or null) and live rows add up to; users and percentiles don't. */
export function figuresOf(row, live) {
  const events = (row?.events ?? 0) + sum(live, "records");
  const errors = (row?.errors ?? 0) + sum(live, "errors");
  return {
    events,
    errors,
    errorRate: events ? errors / events : null,
    users: row?.users ?? null,
    isEstimate: row?.users_relative_error > 0,
    latency: row?.latency ?? live.findLast(({ latency }) => latency)?.latency ?? null,
    isLatencyLive: !row?.latency,
    amounts: addedAmounts(row ? [row, ...live] : live),
    isSettled: row !== null,
    isFinal: row?.final ?? false,
  };
}

/** Add up the amounts of rows: pairs of a currency and a sum, the largest first. */
function addedAmounts(rows) {
  const micros = {};
  for (const [currency, { total_micros: total }] of rows.flatMap((row) => Object.entries(row.amounts))) {
    micros[currency] = (micros[currency] ?? 0) + total;
  }
  return Object.entries(micros).map(([currency, total]) => [currency, total / 1e6]).sort(([, a], [, b]) => b - a);
}
