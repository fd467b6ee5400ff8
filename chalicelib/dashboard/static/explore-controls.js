// What somebody can choose in Explore; every choice changes the address.

import { el } from "./dom.js";
import { BUSIEST, RANGES, hourText, metricChoices, rangeOfDays, stateOf } from "./explore-state.js";
import { check, segments, select } from "./parts.js";
import { ALL } from "./rows.js";
import { SLOTS } from "./series.js";

const STEPS = { hour: "By hour", day: "By day" };

export function controls(view) {
  const { state, rows, go } = view;
  const { from, to } = view.period();
  const setRange = (range) => {
    const usual = { from: null, to: null, by: stateOf({ range }).by };
    go({ range, ...(range === "custom" ? { from: hourText(from), to: hourText(to) } : usual) });
  };
  const onchange = ({ target }) => go({ compare: target.checked });
  return el("div.controls",
    el("h1.visually-hidden", "Explore"),
    select("Metric", metricChoices(rows.all, state.metric), state.metric, (metric) => go({ metric })),
    typesMenu(view),
    segments("Range", Object.entries(RANGES), state.range, setRange),
    state.range === "custom" && dates(view),
    segments("Step", Object.entries(STEPS), state.by, (by) => go({ by })),
    check("checkbox", "Compare with the period before", { checked: state.compare, onchange }));
}

function typesMenu({ state, types, go }) {
  const isPreset = state.types === ALL || state.types === BUSIEST;
  const picked = isPreset ? [] : state.types.split(",");
  const names = [...new Set([...types, ...picked])];
  const presets = { [ALL]: "All types as one", [BUSIEST]: `Busiest ${SLOTS}, and others` };
  const preset = ([value, text]) =>
    check("radio", text, { name: "types", checked: state.types === value, onchange: () => go({ types: value }) });
  const one = (name) => {
    const checked = picked.includes(name);
    const others = picked.filter((other) => other !== name);
    const onchange = () => go({ types: (checked ? others : [...picked, name]).join() || ALL });
    return check("checkbox", name, { checked, disabled: picked.length >= SLOTS && !checked, onchange });
  };
  return el("details.menu",
    { id: "types-menu" },
    el("summary", presets[state.types] ?? (picked.length === 1 ? picked[0] : `${picked.length} types`)),
    el("div.menu-body",
      Object.entries(presets).map(preset),
      el("fieldset.scroll", el("legend.muted", `Or up to ${SLOTS} of these`), names.map(one))));
}

function dates(view) {
  const { from, to } = view.period();
  const onchange = ({ target }) => {
    const [first, last] = target.parentNode.querySelectorAll("input");
    const range = rangeOfDays(first.value, last.value);
    if (range) view.go({ ...range, by: stateOf(range).by });
  };
  const day = (label, moment) => el("input", { type: "date", "aria-label": label, value: dayText(moment), onchange });
  return el("div.dates", day("First day", from), "–", day("Last day", to - 1));
}

/** The viewer's day as 2026-11-21, which is how Swedes write it. */
const dayText = (moment) => new Date(moment).toLocaleDateString("sv");
