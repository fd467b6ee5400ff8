// The view lives in the fragment of the address, so that it can be shared: `#explore?metric=p95`.

export const VIEWS = { overview: "Overview", explore: "Explore", attribution: "Attribution", experiments: "Experiments", health: "Health" };

/** Return `{ view, parameters }` of a fragment; one that names no view is the overview. */
export function readView(hash) {
  const [name, query = ""] = hash.replace(/^#\/?/, "").split("?");
  return { view: name in VIEWS ? name : "overview", parameters: Object.fromEntries(new URLSearchParams(query)) };
}

/** Return the fragment of a view; parameters without a value are left out. */
export function fragmentOf(view, parameters = {}) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value)).toString();
  // Commas and colons are safe in a fragment, and easier to read.
  return `#${view}${query && "?"}${query.replaceAll("%2C", ",").replaceAll("%3A", ":")}`;
}
