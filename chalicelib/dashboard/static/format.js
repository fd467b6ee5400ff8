// Numbers and times as the viewer writes them.

import { DAY, HOUR, MINUTE, SECOND } from "./time.js";

export const NOTHING = "–";

/** A function that formats numbers in the viewer's locale, and what is unknown as a dash. */
function number(options) {
  const format = new Intl.NumberFormat(undefined, options);
  return (value) => (value == null ? NOTHING : format.format(value));
}

export const count = number({ maximumFractionDigits: 0 });
export const compact = number({ notation: "compact", maximumFractionDigits: 1 });
export const decimal = number({ maximumFractionDigits: 1 });
const points = number({ maximumFractionDigits: 2 });
const wholePercent = number({ style: "percent", maximumFractionDigits: 0 });
const smallPercent = number({ style: "percent", maximumSignificantDigits: 2 });
const milliseconds = number({ style: "unit", unit: "millisecond", maximumFractionDigits: 0 });
const seconds = number({ style: "unit", unit: "second", maximumSignificantDigits: 3 });

/** A share such as 65 %; below a tenth with two digits, so that 0.42 % does not become 0 %. */
export const percent = (share) => (!share || Math.abs(share) >= 0.1 ? wholePercent : smallPercent)(share);

export const latency = (ms) => (ms >= 10 * SECOND ? seconds(ms / SECOND) : milliseconds(ms));

export function money(amount, currency, options = {}) {
  return number({ style: "currency", currency, currencyDisplay: "narrowSymbol", ...options })(amount);
}

function moment(options) {
  const format = new Intl.DateTimeFormat(undefined, options);
  return (at) => format.format(new Date(at));
}

const TIME = { hour: "2-digit", minute: "2-digit" };
const DATE = { day: "numeric", month: "short" };
export const clockTime = moment(TIME);
export const clockTimeWithSeconds = moment({ ...TIME, second: "2-digit" });
export const day = moment(DATE);
export const dayOfUtc = moment({ ...DATE, timeZone: "UTC" });
export const dateTime = moment({ ...DATE, ...TIME });
export const longDay = moment({ weekday: "long", day: "numeric", month: "long" });

/** The same moment in UTC, to compare with logs: 2026-11-21 10:42 UTC. */
export const utc = (at) => `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;

/** A length of time in its largest unit: 3 sec, 2.5 min, 5 hrs, 4 days. */
export function duration(ms) {
  const units = [["day", DAY], ["hour", HOUR], ["minute", MINUTE]];
  const [unit, size] = units.find(([, size]) => ms >= size) ?? ["second", SECOND];
  const maximumFractionDigits = unit === "second" || ms >= 10 * size ? 0 : 1;
  return number({ style: "unit", unit, maximumFractionDigits })(ms / size);
}

/**
 * How a value compares with an earlier one: `{ direction, text }`, or null where it can't.
 *
 * Shares are compared in points: "down 50 %" of an error rate says little about the errors.
 */
export function change(value, before, isShare = false) {
  if (value == null || before == null || (before === 0 && !isShare)) return null;
  const difference = isShare ? (value - before) * 100 : (value - before) / before;
  if (Math.abs(difference) < 0.005) return { direction: "same", text: "" };
  const text = isShare ? `${points(Math.abs(difference))} pt` : wholePercent(Math.abs(difference));
  return { direction: difference > 0 ? "up" : "down", text };
}
