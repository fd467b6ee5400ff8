// Rows of a period: rollups, and live counters of the hours that rollups don't have yet.
// Rollups are without duplicates, but end with the last full hour; live counters go up to now.

import { DAY, HOUR, iso, momentsOf, startOf } from "./time.js";

export const ALL = "_all";

export class Rows {
  isLoaded = false;
  #rollups = [];
  #gaps = []; // live rows of hours that are over and not rolled up
  #current = []; // live rows of the hours since `#currentFrom`
  #currentFrom = null;

  constructor({ api, clock }) {
    Object.assign(this, { api, clock });
  }

  /** Read the rollups of `{ from, to, by, types }`, and the live counters that complete them. */
  async read({ from, to, by = "hour", types }) {
    const hour = startOf(HOUR, this.clock.now());
    const event_type = types.join();
    const answer = await this.api.getAll("metrics", { by, from: iso(from), to: iso(to), event_type });
    const missing = answer.hours_not_rolled_up.map(Date.parse).filter((moment) => moment < hour);
    // Days can't be made of hours here: users and percentiles don't add up.
    const isPartial = by === "hour" && missing.length > 0;
    const gaps = isPartial ? await this.#readLive(missing[0], event_type, iso(Math.min(to, hour))) : [];
    this.#rollups = answer.rows;
    this.#gaps = gaps.filter((row) => missing.includes(Date.parse(row.from)));
    this.#currentFrom = hour;
    // The hour that has just ended is among the gaps by now.
    this.#current = this.#current.filter((row) => Date.parse(row.from) >= hour);
    this.isLoaded = true;
  }

  async readCurrent(types) {
    const from = this.#currentFrom ?? startOf(HOUR, this.clock.now());
    this.#current = await this.#readLive(from, types?.join());
  }

  async #readLive(from, event_type, to = null) {
    return (await this.api.getAll("metrics/live", { by: "hour", from: iso(from), to, event_type })).rows;
  }

  get all() {
    return [...this.#gaps, ...this.#current, ...this.#rollups];
  }

  /** A type's rows; rollups are the last, and win where an hour is in both. */
  of(type) {
    return this.all.filter((row) => row.event_type === type);
  }

  /** A type's live rows of hours since `from`. */
  live(type, from) {
    return [...this.#gaps, ...this.#current].filter((row) => row.event_type === type && Date.parse(row.from) >= from);
  }

  /** The start of the first hour of [from, to) that has events and no rollup, else `to`. */
  settledUntil(from, to) {
    const hours = this.#gaps.map((row) => Date.parse(row.from));
    return Math.min(to, ...hours.filter((hour) => hour >= from));
  }
}

/** Return the types of late, the busiest first, and the newest hour of any; read once an hour. */
export async function readTypes({ api, clock }) {
  const hour = startOf(HOUR, clock.now());
  if (api.known?.hour === hour) return api.known;
  // A week is quick to read; more is needed only where a deployment has stood still.
  for (const days of [7, 60]) {
    const from = iso(hour - days * DAY);
    const { event_types: found } = await api.get("metrics/event-types", { from });
    const newestHour = Math.max(0, ...found.map((type) => Date.parse(type.newest_hour)));
    api.known = { types: found.map((type) => type.event_type), newestHour, hour };
    if (newestHour) break;
  }
  return api.known;
}

export const eventsIn = (row) => row.events ?? row.records;

/** Types by how much they have, the busiest first; the sum of all is not one of them. */
export function busiest(rows) {
  const totals = new Map();
  for (const row of rows) totals.set(row.event_type, (totals.get(row.event_type) ?? 0) + eventsIn(row));
  totals.delete(ALL);
  return [...totals.keys()].sort((a, b) => totals.get(b) - totals.get(a) || a.localeCompare(b));
}

/** Values over a period, `nothing` where no row is. */
export function valuesOf(rows, period, value, nothing = 0) {
  const byMoment = new Map(rows.map((row) => [Date.parse(row.from), row]));
  return momentsOf(period).map((moment) => (byMoment.has(moment) ? value(byMoment.get(moment)) : nothing));
}
