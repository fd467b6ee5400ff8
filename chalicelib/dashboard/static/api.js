// The read API, as the page needs it. Every address is relative to this file, so that the page
// works under any prefix.

const BASE = new URL("..", import.meta.url);
const TIMEOUT_MS = 15_000;

/** Why an answer is missing: "key", "scope", "invalid", "off", "down" or "offline". */
export class ApiError extends Error {
  constructor(kind, message, retryAfterS = 0) {
    super(message);
    Object.assign(this, { kind, retryAfterS });
  }
}

/** The address of a route, to show to people. */
export const addressOf = (path) => new URL(path, BASE).href;

export class Api {
  constructor(key, clock) {
    Object.assign(this, { key, clock });
  }

  /** Return the answer of a route; parameters without a value are left out. */
  async get(path, parameters = {}) {
    return (await this.#ask(path, parameters, "default")).json();
  }

  /** The same, past the browser's cache, so that its date is the server's. */
  async getFresh(path) {
    const response = await this.#ask(path, {}, "no-store");
    this.clock.adjust(response.headers.get("Date"));
    return response.json();
  }

  /** Return the answer with the rows of every page in it. */
  async getAll(path, parameters, rows = "rows") {
    const answer = await this.get(path, parameters);
    let cursor = answer.next_cursor;
    while (cursor) {
      const more = await this.get(path, { ...parameters, cursor });
      answer[rows].push(...more[rows]);
      cursor = more.next_cursor;
    }
    return answer;
  }

  async #ask(path, parameters, cache) {
    const url = new URL(path, BASE);
    for (const [name, value] of Object.entries(parameters)) {
      if (value != null) url.searchParams.set(name, value);
    }
    const headers = this.key ? { "X-Api-Key": this.key } : {};
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const response = await fetch(url, { headers, credentials: "omit", cache, signal });
      if (response.ok) return response;
      throw errorOf(response, await response.json().catch(() => null));
    } catch (error) {
      if (error instanceof ApiError) throw error;
      throw new ApiError("offline", signal.aborted ? "The API took too long to answer." : "The API can't be reached.");
    }
  }
}

function errorOf({ status, headers }, content) {
  const { code, message } = content?.errors?.[0] ?? {};
  const said = message ?? `The API answered with status ${status}.`;
  const retryAfterS = Number(headers.get("Retry-After")) || 0;
  if (status === 401 || status === 403) return new ApiError(code === "scope_not_allowed" ? "scope" : "key", said);
  return new ApiError({ 400: "invalid", 404: "off" }[status] ?? "down", said, retryAfterS);
}
