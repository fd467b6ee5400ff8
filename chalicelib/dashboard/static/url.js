// The view lives in the fragment of the address, so that it can be shared: `#explore?metric=p95`.

export const VIEWS = ["overview", "explore", "health"];

/** Return `{ view, parameters }` of a fragment; whatever is unknown in it is the overview. */
export function readView(hash) {
  const [name, query = ""] = hash.replace(/^#\/?/, "").split("?");
  const view = VIEWS.includes(name) ? name : VIEWS[0];
  return { view, parameters: Object.fromEntries(new URLSearchParams(query)) };
}

/** Return the fragment of a view; parameters without a value are left out. */
export function fragmentOf(view, parameters = {}) {
  const kept = Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined && value !== "");
  // Commas and colons are safe in a fragment, and easier to read.
  const query = new URLSearchParams(kept).toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
  return query ? `#${view}?${query}` : `#${view}`;
}
