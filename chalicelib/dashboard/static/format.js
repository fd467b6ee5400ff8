// Numbers and times as the viewer writes them. Each function returns text, or parts of it.

import { DAY, HOUR, MINUTE, SECOND } from "./time.js";

const LOCALE = undefined; // the viewer's

export const NOTHING = "–";

function number(options) {
  const format = new Intl.NumberFormat(LOCALE, options);
  return (value) => (value === null || value === undefined ? NOTHING : format.format(value));
}

export const count = number({ maximumFractionDigits: 0 });
export const compact = number({ notation: "compact", maximumFractionDigits: 1 });
const decimal = number({ maximumFractionDigits: 1 });
const wholePercent = number({ style: "percent", maximumFractionDigits: 0 });
const smallPercent = number({ style: "percent", maximumSignificantDigits: 2 });
const signed = number({ signDisplay: "exceptZero", maximumFractionDigits: 1 });

/** A share such as 65 %; below a tenth with two digits, so that 0.42 % does not become 0 %. */
export function percent(share) {
  if (share === null || share === undefined) return NOTHING;
  return share === 0 || Math.abs(share) >= 0.1 ? wholePercent(share) : smallPercent(share);
}

const milliseconds = number({ style: "unit", unit: "millisecond", maximumFractionDigits: 0 });
const seconds = number({ style: "unit", unit: "second", maximumSignificantDigits: 3 });

export function latency(ms) {
  if (ms === null || ms === undefined) return NOTHING;
  return ms < 10 * SECOND ? milliseconds(ms) : seconds(ms / SECOND);
}

export function money(amount, currency, options = {}) {
  if (amount === null || amount === undefined) return NOTHING;
  return new Intl.NumberFormat(LOCALE, { style: "currency", currency, ...options }).format(amount);
}

const hourAndMinute = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit" });
const withSeconds = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const dayAndMonth = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short" });
const utcDay = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short", timeZone: "UTC" });
const dayAndTime = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

export const clockTime = (moment) => hourAndMinute.format(moment);
export const clockTimeWithSeconds = (moment) => withSeconds.format(moment);
export const day = (moment) => dayAndMonth.format(moment);
export const dayOfUtc = (moment) => utcDay.format(moment);
export const dateTime = (moment) => dayAndTime.format(moment);

/** The same moment in UTC, for whoever compares it with logs: 2026-11-21 10:42 UTC. */
export function utc(moment) {
  return `${new Date(moment).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** A length of time in its largest unit: 3 s, 2 min, 5 h, 4 d. */
export function duration(ms) {
  const [size, unit] = [[DAY, "day"], [HOUR, "hour"], [MINUTE, "minute"], [SECOND, "second"]].find(
    ([size]) => ms >= size,
  ) ?? [SECOND, "second"];
  return number({ style: "unit", unit, unitDisplay: "narrow", maximumFractionDigits: ms < 10 * size ? 1 : 0 })(
    unit === "second" ? Math.round(ms / size) : ms / size,
  );
}

/**
 * How a value compares with an earlier one: `{ direction, text }`, or null where it can't.
 *
 * Shares are compared in points: "down 50 %" of an error rate says little about the errors.
 */
export function change(value, before, { isShare = false } = {}) {
  if (value === null || value === undefined || before === null || before === undefined) return null;
  if (!isShare && before === 0) return value === 0 ? { direction: "same", text: wholePercent(0) } : null;
  const difference = isShare ? (value - before) * 100 : (value - before) / before;
  const text = isShare ? `${pointsOf(difference)} pt` : wholePercent(Math.abs(difference));
  if (Math.abs(difference) < (isShare ? 0.005 : 0.005)) return { direction: "same", text: isShare ? "0 pt" : wholePercent(0) };
  return { direction: difference > 0 ? "up" : "down", text };
}

const points = number({ maximumSignificantDigits: 2 });

function pointsOf(difference) {
  return points(Math.abs(difference));
}

export { decimal, signed };
