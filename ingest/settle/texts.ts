import type { TextSlice } from '../draft.ts';

const LIMIT = 400_000;

/**
 * Texts that were journaled lately: they need not be sent again. A forgotten one is sent twice and stored once a month: a text lies in the month
 * of the batch that brought it, so at the turn of the month all are forgotten, and what is still in use is stored again.
 */
export class RecentTexts {
  readonly #known = new Set<string>();
  #month = 0;

  /**
   * Those of `slices` that were not sent lately; their keys are added to `keys`, for {@link add} once they are durable.
   * @param now milliseconds since the epoch, the very time that the batch's rows carry
   */
  unknown(project: string, slices: ReadonlyMap<string, TextSlice>, keys: string[], now: number): Map<string, TextSlice> {
    this.#turnTo(now);
    const found = new Map<string, TextSlice>();
    for (const [ref, slice] of slices) {
      const key = project + ref;
      if (this.#known.has(key)) continue;
      found.set(ref, slice);
      keys.push(key);
    }
    return found;
  }

  /** To be called before texts are removed from the store: whoever uses one again must bring it again. */
  forget(project: string, refs: Iterable<string>): void {
    for (const ref of refs) this.#known.delete(project + ref);
  }

  clear(): void {
    this.#known.clear();
  }

  #turnTo(now: number): void {
    const date = new Date(now);
    const month = date.getUTCFullYear() * 12 + date.getUTCMonth();
    if (month === this.#month) return;
    this.#month = month;
    this.#known.clear();
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
