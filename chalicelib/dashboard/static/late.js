// A view whose file is loaded when somebody first opens it.

import { ApiError } from "./api.js";
import { SECOND } from "./time.js";

/** Return a view's start; `load` imports a file that exports `start`, which is like other views'. */
export const late = (load) => (root, context, parameters) => {
  let view = null;
  const run = async () => {
    try {
      view ??= (await load()).start(root, context, parameters);
    } catch {
      throw new ApiError("offline", "This page could not be loaded.");
    }
    await Promise.all(view.jobs.map((job) => job.run()));
  };
  return { jobs: [{ everyMs: 20 * SECOND, run }], draw: () => view?.draw() };
};
