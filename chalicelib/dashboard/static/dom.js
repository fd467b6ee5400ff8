// Views are functions of their data: they build a tree, and `render` changes the page into it.

const SVG = "http://www.w3.org/2000/svg";

/** Build an element; a property that starts with "on" is a listener, false or null leaves it out. */
export function el(tag, properties = {}, ...children) {
  return filled(document.createElement(tag), properties, children);
}

export function svg(tag, properties = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), properties, children);
}

function filled(node, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) node[name] = value;
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...present(children));
  return node;
}

function present(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== false && child !== undefined);
}

/**
 * Change what `target` holds into `children`, keeping every node that can stay.
 *
 * The page is drawn anew every few seconds; focus, selection, scroll positions and open
 * disclosures live in nodes, and would be lost with them.
 */
export function render(target, ...children) {
  const wanted = document.createDocumentFragment();
  wanted.append(...present(children));
  matchChildren(target, wanted);
}

function matchChildren(target, wanted) {
  let current = target.firstChild;
  for (const child of [...wanted.childNodes]) {
    if (!current) {
      target.append(child);
      continue;
    }
    const next = current.nextSibling;
    if (isAlike(current, child)) match(current, child);
    else current.replaceWith(child);
    current = next;
  }
  while (current) {
    const next = current.nextSibling;
    current.remove();
    current = next;
  }
}

function isAlike(node, other) {
  return node.nodeName === other.nodeName && (node.id ?? "") === (other.id ?? "") && keyOf(node) === keyOf(other);
}

/** Two rows of different things are different nodes, even where one has taken the other's place. */
function keyOf(node) {
  return node.dataset?.key ?? "";
}

function match(node, wanted) {
  if (node.nodeType === Node.TEXT_NODE) {
    if (node.data !== wanted.data) node.data = wanted.data;
    return;
  }
  for (const { name } of [...node.attributes]) {
    // A disclosure is open because somebody opened it.
    if (!wanted.hasAttribute(name) && !(name === "open" && node.nodeName === "DETAILS")) node.removeAttribute(name);
  }
  for (const { name, value } of [...wanted.attributes]) {
    if (node.getAttribute(name) !== value) node.setAttribute(name, value);
  }
  for (const listener of ["onclick", "onchange", "oninput", "onsubmit", "onkeydown", "ontoggle"]) {
    if (node[listener] !== wanted[listener]) node[listener] = wanted[listener];
  }
  if (node.matches("input, select")) matchInput(node, wanted);
  // Charts look after their own content.
  if (!node.hasAttribute("data-own")) matchChildren(node, wanted);
}

function matchInput(node, wanted) {
  // What somebody is typing is theirs.
  if (node.value !== wanted.value && node !== document.activeElement) node.value = wanted.value;
  if ("checked" in node) node.checked = wanted.hasAttribute("checked");
}

/** Say something to screen readers; sighted people see it elsewhere. */
export function announce(message) {
  document.getElementById("announcements").textContent = message;
}
