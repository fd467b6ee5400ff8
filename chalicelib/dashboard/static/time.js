// Moments are milliseconds since 1970. Hours are those of UTC, as the API counts them; days are
// the viewer's, save where the API itself counts by days.

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The server's clock, as far as it is known: a viewer's own may be minutes off. */
export class Clock {
  #offset = 0;

  now() {
    return Date.now() + this.#offset;
  }

  adjust(date) {
    const theirs = Date.parse(date ?? "");
    if (Number.isNaN(theirs)) return;
    const offset = theirs - Date.now();
    // A Date header has whole seconds, and travels for a while.
    this.#offset = Math.abs(offset) < 2 * SECOND ? 0 : offset;
  }
}

export function startOfHour(moment) {
  return moment - (moment % HOUR);
}

export function startOfMinute(moment) {
  return moment - (moment % MINUTE);
}

export function startOfUtcDay(moment) {
  return moment - (moment % DAY);
}

/** The hour in which the viewer's day began, or one some days before it. */
export function startOfDay(moment, daysBefore = 0) {
  const date = new Date(moment);
  // Not 24 hours times days: clocks are put forward and back.
  return startOfHour(new Date(date.getFullYear(), date.getMonth(), date.getDate() - daysBefore).getTime());
}

/** As the API takes it: 2026-11-21T10:00:00Z. */
export function iso(moment) {
  return `${new Date(moment).toISOString().slice(0, 19)}Z`;
}

/** Every hour, or other step, of [from, to). */
export function steps(from, to, step) {
  return Array.from({ length: Math.max(0, Math.ceil((to - from) / step)) }, (_, n) => from + n * step);
}
