// Which type has which colour: six that people tell apart however they see colours, and grey.

export const SLOTS = 6;
export const OTHER = "other";

export class Palette {
  #slots = new Map();

  /** Give colours to the first of these types; one that has a colour keeps it. */
  assign(types) {
    for (const type of types) {
      if (this.#slots.size >= SLOTS) return;
      if (!this.#slots.has(type)) this.#slots.set(type, this.#slots.size + 1);
    }
  }

  /** The number of a type's colour; 0 is the grey of all others. */
  slotOf(type) {
    return this.#slots.get(type) ?? 0;
  }

  has(type) {
    return this.#slots.has(type);
  }
}
