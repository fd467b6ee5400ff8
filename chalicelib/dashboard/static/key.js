// The read key: kept in this tab, and sent to the API alone.

const NAME = "eventstream.key";
const IN_FRAGMENT = /(^#|[?&])key=([^&]*)&?/;

export const heldKey = () => sessionStorage.getItem(NAME);
export const keepKey = (key) => sessionStorage.setItem(NAME, key);
export const forgetKey = () => sessionStorage.removeItem(NAME);

/**
 * Take the key out of a link such as `…/dashboard#key=esr_…`, whose fragment no server sees.
 *
 * The entry of the history is replaced, so that no address has the key that can be copied.
 */
export function takeKeyFromAddress() {
  const found = IN_FRAGMENT.exec(location.hash);
  if (!found) return;
  keepKey(new URLSearchParams(`key=${found[2]}`).get("key").trim());
  const rest = location.hash.replace(IN_FRAGMENT, "$1").replace(/[?&#]$/, "");
  history.replaceState(null, "", location.pathname + location.search + rest);
}
