// What is known of today and of this hour, put together from rollups and live counters.
//
// Rollups are exact and without duplicates, but end with the last full hour; live counters go up
// to now. A figure that can be added up is the sum of both; users and percentiles can't be, and
// are those of the rollups.

import { ALL } from "./anomalies.js";
import { HOUR, MINUTE, iso, startOfDay, startOfHour, startOfMinute, steps } from "./time.js";

/** The first moment of [from, to) of which rollups do not tell everything yet. */
export function settledUntil({ hours_not_rolled_up: missing }, from, to) {
  const first = missing.map((hour) => Date.parse(hour)).sort((a, b) => a - b)[0];
  return Math.min(to, Math.max(from, first ?? to));
}

/** Add up the amounts of rows, by currency. */
export function addedAmounts(rows) {
  const micros = new Map();
  for (const row of rows) {
    for (const [currency, { total_micros: total }] of Object.entries(row.amounts ?? {})) {
      micros.set(currency, (micros.get(currency) ?? 0) + total);
    }
  }
  return new Map([...micros].map(([currency, total]) => [currency, total / 1e6]).sort(([, a], [, b]) => b - a));
}

const sum = (rows, field) => rows.reduce((total, row) => total + row[field], 0);

/** One type's figures of a period: rollups merged into `settled` (or null), and live rows after it. */
export function figuresOf(settled, live) {
  const events = (settled?.events ?? 0) + sum(live, "records");
  const errors = (settled?.errors ?? 0) + sum(live, "errors");
  return {
    events,
    errors,
    errorRate: events ? errors / events : null,
    users: settled?.users ?? null,
    areUsersEstimated: (settled?.users_relative_error ?? 0) > 0,
    latency: settled?.latency ?? live.findLast((row) => row.latency)?.latency ?? null,
    amounts: addedAmounts([...(settled ? [settled] : []), ...live]),
  };
}

export function rowOf(answer, type) {
  return answer?.rows.find((row) => row.event_type === type) ?? null;
}

export function rowsOf(answer, type) {
  return answer?.rows.filter((row) => row.event_type === type) ?? [];
}

/** The periods that today is compared with: as long, and from the same time of day. */
export function periodsOf(now, settled) {
  const today = startOfDay(now);
  return [0, 1, 7].map((daysBefore) => {
    const from = startOfDay(now, daysBefore);
    return { from, to: from + (settled - today) };
  });
}

/** Minute rows by moment and type, of which the newest are read again every few seconds. */
export class Minutes {
  #rows = new Map();

  put({ rows }) {
    for (const row of rows) this.#rows.set(`${row.from}|${row.event_type}`, row);
  }

  forgetBefore(moment) {
    for (const [key, row] of this.#rows) if (Date.parse(row.to) <= moment) this.#rows.delete(key);
  }

  get isEmpty() {
    return this.#rows.size === 0;
  }

  get rows() {
    return [...this.#rows.values()];
  }
}

/** The last hour by minutes, the unfinished one included. */
export function lastHour(now) {
  const to = startOfMinute(now) + MINUTE;
  return { from: to - HOUR, to, step: MINUTE };
}

/** The last hours, the unfinished one included. */
export function lastHours(now, hours) {
  const to = startOfHour(now) + HOUR;
  return { from: to - hours * HOUR, to, step: HOUR };
}

/** A type's values over a period, zero where nothing was counted. */
export function valuesOf(rows, { from, to, step }, value, nothing = 0) {
  const byMoment = new Map(rows.map((row) => [Date.parse(row.from), row]));
  return steps(from, to, step).map((moment) => (byMoment.has(moment) ? value(byMoment.get(moment)) : nothing));
}

export const eventsIn = (row) => row.events ?? row.records;

/** Types by how much they have, the busiest first; the sum of all is not one of them. */
export function busiest(rows) {
  const totals = new Map();
  for (const row of rows) {
    if (row.event_type !== ALL) totals.set(row.event_type, (totals.get(row.event_type) ?? 0) + eventsIn(row));
  }
  return [...totals.keys()].sort((a, b) => totals.get(b) - totals.get(a) || a.localeCompare(b));
}

export { iso };
