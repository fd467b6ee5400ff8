// Moments are milliseconds since 1970. Hours are those of UTC, as the API counts them; days are
// the viewer's, except where the API itself counts by days.

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
    const offset = Date.parse(date ?? "") - Date.now();
    // A Date header has whole seconds, and travels for a while.
    if (!Number.isNaN(offset)) this.#offset = Math.abs(offset) < 2 * SECOND ? 0 : offset;
  }
}

/** The start of the minute, hour or day of UTC that a moment is in. */
export const startOf = (step, moment) => moment - (moment % step);

/** The hour in which the viewer's day began, or one some days before it. */
export function startOfDay(moment, daysBefore = 0) {
  const date = new Date(moment);
  // Not days times 24 hours: clocks are put forward and back.
  return startOf(HOUR, new Date(date.getFullYear(), date.getMonth(), date.getDate() - daysBefore).getTime());
}

/** As the API takes it: 2026-11-21T10:00:00Z. */
export const iso = (moment) => `${new Date(moment).toISOString().slice(0, 19)}Z`;

/** A period `{ from, to, step }` that ends with the step which is not over yet. */
export function lastSteps(now, n, step) {
  const to = startOf(step, now) + step;
  return { from: to - n * step, to, step };
}

/** Every moment of a period at which one of its steps begins. */
export function momentsOf({ from, to, step }) {
  return Array.from({ length: Math.max(0, Math.ceil((to - from) / step)) }, (_, n) => from + n * step);
}
