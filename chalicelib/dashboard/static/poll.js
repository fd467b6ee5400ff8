// Asks again and again: only while the page is visible, and more and more slowly while it fails.

const TICK_MS = 1_000;
const LONGEST_MS = 60_000;

/** How long to wait after so many failures in a row, when `everyMs` is the usual time. */
export function delayAfter(failures, everyMs, retryAfterS = 0) {
  if (failures === 0) return everyMs;
  return Math.max(Math.min(LONGEST_MS, everyMs * 2 ** failures), retryAfterS * 1_000);
}

/** Runs jobs, each `{ everyMs, run() }`, and calls `onSettled` after each run until it is stopped. */
export class Poll {
  #jobs;
  #onSettled;
  #timer = null;
  #stopping = new AbortController();

  constructor(jobs, onSettled) {
    this.#jobs = jobs.map((job) => ({ ...job, dueAt: 0, failures: 0, error: null, succeededAt: null }));
    this.#onSettled = onSettled;
    const { signal } = this.#stopping;
    document.addEventListener("visibilitychange", () => this.#start(), { signal });
    addEventListener("online", () => this.now(), { signal });
    this.#start();
  }

  stop() {
    clearInterval(this.#timer);
    this.#stopping.abort();
  }

  /** Run every job now. */
  now() {
    for (const job of this.#jobs) job.dueAt = 0;
    this.#tick();
  }

  /** Jobs that fail, each with its `error`, `succeededAt` and `dueAt`. */
  get failing() {
    return this.#jobs.filter((job) => job.error);
  }

  #start() {
    clearInterval(this.#timer);
    if (document.hidden) return;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#tick();
  }

  #tick() {
    for (const job of this.#jobs) if (!job.isRunning && job.dueAt <= Date.now()) this.#run(job);
  }

  async #run(job) {
    job.isRunning = true;
    try {
      await job.run();
      Object.assign(job, { failures: 0, error: null, succeededAt: Date.now() });
    } catch (error) {
      // Without a kind it is the page's own fault, and must be seen.
      if (!error.kind) console.error(error);
      Object.assign(job, { failures: job.failures + 1, error });
    }
    job.isRunning = false;
    job.dueAt = Date.now() + delayAfter(job.failures, job.everyMs, job.error?.retryAfterS);
    if (!this.#stopping.signal.aborted) this.#onSettled();
  }
}
