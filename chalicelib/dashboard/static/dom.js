// Views are functions of their data: they build a tree, and `render` changes the page into it.

const LISTENERS = ["onclick", "onchange", "onsubmit", "onkeydown", "ontoggle"];

/** Build an element: `el("p.muted", { id: "x" }, "text")`. What is null or false is left out. */
export const el = builder((tag) => document.createElement(tag));
export const svg = builder((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));

function builder(create) {
  return (selector, ...content) => {
    const [tag, ...classes] = selector.split(".");
    const node = create(tag);
    if (classes.length) node.setAttribute("class", classes.join(" "));
    const properties = content[0]?.constructor === Object ? content.shift() : {};
    for (const [name, value] of Object.entries(properties)) {
      if (name.startsWith("on")) node[name] = value;
      else if (value !== false && value != null) node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...present(content));
    return node;
  };
}

const present = (children) => children.flat(Infinity).filter((child) => child !== false && child != null);

/**
 * Change what `target` holds into `children`, keeping every node that can stay.
 *
 * The page is drawn every few seconds; focus, selection and scroll positions live in nodes.
 */
export function render(target, ...children) {
  const wanted = document.createDocumentFragment();
  wanted.append(...present(children));
  matchChildren(target, wanted);
}

function matchChildren(target, wanted) {
  const held = [...target.childNodes];
  const children = [...wanted.childNodes];
  for (const node of held.splice(children.length)) node.remove();
  children.forEach((child, n) => {
    if (!held[n]) target.append(child);
    else if (isAlike(held[n], child)) match(held[n], child);
    else held[n].replaceWith(child);
  });
}

/** Two rows of different things are different nodes, even where one has taken the other's place. */
function isAlike(node, other) {
  return node.nodeName === other.nodeName && node.id === other.id && node.dataset?.key === other.dataset?.key;
}

function match(node, wanted) {
  if (node.nodeType === Node.TEXT_NODE) {
    if (node.data !== wanted.data) node.data = wanted.data;
    return;
  }
  for (const { name } of [...node.attributes]) {
    // A disclosure is open because somebody opened it.
    if (!wanted.hasAttribute(name) && name !== "open") node.removeAttribute(name);
  }
  for (const { name, value } of wanted.attributes) {
    if (node.getAttribute(name) !== value) node.setAttribute(name, value);
  }
  for (const listener of LISTENERS) node[listener] = wanted[listener];
  if (node.matches("input, select")) matchInput(node, wanted);
  // A chart looks after its own content.
  if (!("own" in node.dataset)) matchChildren(node, wanted);
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
