// The read API, as the page needs it. Every address is relative to this file, so that the page
// works under any prefix.

const BASE = new URL("..", import.meta.url);
const TIMEOUT_MS = 15_000;
const MAX_PAGES = 20;

/** Why an answer is missing: "key", "scope", "invalid", "busy", "down" or "offline". */
export class ApiError extends Error {
  constructor(kind, message, { status = null, code = null, retryAfterS = 0 } = {}) {
    super(message);
    this.kind = kind;
    this.status = status;
    this.code = code;
    this.retryAfterS = retryAfterS;
  }
}

/** Return the address of a route, to show to people. */
export function addressOf(path) {
  return new URL(path, BASE).href;
}

export class Api {
  constructor(key, clock) {
    this.key = key;
    this.clock = clock;
  }

  /** Return the answer of a route; parameters without a value are left out. */
  async get(path, parameters = {}, { signal = null, fresh = false } = {}) {
    const url = new URL(path, BASE);
    for (const [name, value] of Object.entries(parameters)) {
      if (value !== null && value !== undefined && value !== "") url.searchParams.set(name, value);
    }
    const response = await this.#ask(url, signal, fresh);
    // The date of an answer from the browser's cache is that of long ago.
    if (fresh) this.clock.adjust(response.headers.get("Date"));
    if (!response.ok) throw await errorOf(response);
    return response.json();
  }

  /** Return the answer with the `rows` of every page in it. */
  async getAll(path, parameters, rows, options = {}) {
    const answer = await this.get(path, parameters, options);
    let cursor = answer.next_cursor;
    for (let page = 1; cursor && page < MAX_PAGES; page += 1) {
      const more = await this.get(path, { ...parameters, cursor }, options);
      answer[rows].push(...more[rows]);
      cursor = more.next_cursor;
    }
    return answer;
  }

  async #ask(url, signal, fresh) {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    try {
      return await fetch(url, {
        headers: this.key ? { "X-Api-Key": this.key } : {},
        credentials: "omit",
        cache: fresh ? "no-store" : "default",
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
    } catch (error) {
      if (signal?.aborted) throw error;
      const message = timeout.aborted ? "The API took too long to answer." : "The API can't be reached.";
      throw new ApiError("offline", message);
    }
  }
}

async function errorOf(response) {
  const { status } = response;
  const first = (await contentOf(response))?.errors?.[0] ?? {};
  const detail = { status, code: first.code ?? null, retryAfterS: Number(response.headers.get("Retry-After")) || 0 };
  if (status === 401 || status === 403) {
    const kind = first.code === "scope_not_allowed" ? "scope" : "key";
    return new ApiError(kind, first.message ?? "The API refused the key.", detail);
  }
  if (status === 429) return new ApiError("busy", "The API is limiting requests.", detail);
  if (status >= 500) return new ApiError("down", first.message ?? `The API answered with status ${status}.`, detail);
  return new ApiError("invalid", first.message ?? `The API answered with status ${status}.`, detail);
}

async function contentOf(response) {
  try {
    return await response.json();
  } catch {
    return null;
  }
}
