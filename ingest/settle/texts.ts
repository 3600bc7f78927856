import type { TextSlice } from '../draft.ts';

const LIMIT = 400_000;

/** Texts that were journaled lately: they need not be sent again. A forgotten one is sent twice and stored once. */
export class RecentTexts {
  readonly #known = new Set<string>();

  /** Those of `slices` that were not sent lately; their keys are added to `keys`, for {@link add} once they are durable. */
  unknown(project: string, slices: ReadonlyMap<string, TextSlice>, keys: string[]): Map<string, TextSlice> {
    const found = new Map<string, TextSlice>();
    for (const [ref, slice] of slices) {
      const key = project + ref;
      if (this.#known.has(key)) continue;
      found.set(ref, slice);
      keys.push(key);
    }
    return found;
  }

  add(keys: readonly string[]): void {
    for (const key of keys) this.#known.add(key);
    if (this.#known.size <= LIMIT) return;
    let excess = this.#known.size - LIMIT;
    for (const key of this.#known) {
      if (excess-- <= 0) return;
      this.#known.delete(key);
    }
  }
}
