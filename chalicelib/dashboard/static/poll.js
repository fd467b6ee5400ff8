// Asks again and again: only while the page is visible, and more and more slowly while it fails.

const TICK_MS = 1_000;
const LONGEST_MS = 60_000;

/** How long to wait after so many failures in a row, when `everyMs` is the usual time. */
export function delayAfter(failures, everyMs, retryAfterS = 0) {
  if (failures === 0) return everyMs;
  const backoff = Math.min(LONGEST_MS, everyMs * 2 ** failures);
  return Math.max(backoff, retryAfterS * 1_000);
}

/**
 * Runs jobs, each `{ name, everyMs, run(signal) }`, and reports after each what is failing.
 *
 * A job that fails keeps what it had, so that the page can show that and say of when it is.
 */
export class Poll {
  #jobs;
  #onSettled;
  #timer = null;
  #aborter = new AbortController();

  constructor(jobs, onSettled) {
    this.#jobs = jobs.map((job) => ({ ...job, dueAt: 0, failures: 0, error: null, succeededAt: null, running: false }));
    this.#onSettled = onSettled;
    document.addEventListener("visibilitychange", this.#onVisibility);
    addEventListener("online", this.#onOnline);
    this.#onVisibility();
  }

  stop() {
    clearInterval(this.#timer);
    document.removeEventListener("visibilitychange", this.#onVisibility);
    removeEventListener("online", this.#onOnline);
    this.#aborter.abort();
  }

  /** Run every job now. */
  now() {
    for (const job of this.#jobs) job.dueAt = 0;
    this.#tick();
  }

  /** The jobs that fail: why, since when what they had is unchanged, and when they run again. */
  get failing() {
    return this.#jobs
      .filter((job) => job.error)
      .map(({ name, error, succeededAt, dueAt }) => ({ name, error, succeededAt, dueAt }));
  }

  #onVisibility = () => {
    clearInterval(this.#timer);
    if (document.hidden) return;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#tick();
  };

  #onOnline = () => this.now();

  #tick() {
    for (const job of this.#jobs) if (!job.running && job.dueAt <= Date.now()) this.#run(job);
  }

  async #run(job) {
    job.running = true;
    const { signal } = this.#aborter;
    try {
      await job.run(signal);
      Object.assign(job, { failures: 0, error: null, succeededAt: Date.now() });
    } catch (error) {
      if (signal.aborted) return;
      // Not the API's fault, so it must be seen.
      if (!error.kind) console.error(error);
      job.failures += 1;
      job.error = error;
    }
    job.running = false;
    if (signal.aborted) return;
    job.dueAt = Date.now() + delayAfter(job.failures, job.everyMs, job.error?.retryAfterS);
    this.#onSettled(job);
  }
}
