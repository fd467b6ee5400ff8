// Which type has which colour: six that tests keep apart for all kinds of eyes, and grey.

export const SLOTS = 6;

export class Palette {
  #slots = new Map();

  /** Give colours to the first of these types; one that has a colour keeps it. */
  assign(types) {
    for (const type of types) {
      if (this.#slots.size < SLOTS && !this.#slots.has(type)) this.#slots.set(type, this.#slots.size + 1);
    }
  }

  get types() {
    return [...this.#slots.keys()];
  }

  /** The number of a type's colour; 0 is the grey of all others. */
  slotOf(type) {
    return this.#slots.get(type) ?? 0;
  }

  /** A chart's lines: those of `types` that have a colour, and the rest of `total` as one. */
  series(types, valuesOfType, total = null) {
    const shown = types
      .filter((type) => this.slotOf(type))
      .map((type) => ({ name: type, slot: this.slotOf(type), values: valuesOfType(type) }));
    const rest = total?.map((value, n) => value - shown.reduce((sum, { values }) => sum + values[n], 0));
    return rest?.some((value) => value > 0) ? [...shown, { name: "other", slot: 0, values: rest }] : shown;
  }
}
