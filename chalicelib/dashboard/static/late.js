// A view whose file is loaded when somebody first opens it.

import { ApiError } from "./api.js";
import { SECOND } from "./time.js";

let failures = 0;

/** Return a view's start; the file at `path` exports `start`, which is like other views'. */
export const late = (path) => (root, context, parameters) => {
  let view = null;
  const run = async () => {
    try {
      // Browsers remember an address that failed, and don't ask for it again.
      const address = failures ? `${path}&again=${failures}` : path;
      view ??= (await import(address)).start(root, context, parameters);
    } catch {
      failures += 1;
      throw new ApiError("offline", "This page could not be loaded.");
    }
    await Promise.all(view.jobs.map((job) => job.run()));
  };
  return { jobs: [{ everyMs: 20 * SECOND, run }], draw: () => view?.draw() };
};
