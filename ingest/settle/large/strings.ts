/** Strings by small numbers, kept once each; 0 is the empty string. */
export class Strings {
  readonly #ids = new Map<string, number>([['', 0]]);
  readonly #texts: string[] = [''];
  /** Characters held. */
  length = 0;

  idOf(text: string): number {
    if (text === '') return 0;
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const id = this.#texts.length;
    // A short piece of a long text would keep the long one alive.
    const own = text.length > 12 ? Buffer.from(text).toString() : text;
    this.#ids.set(own, id);
    this.#texts.push(own);
    this.length += own.length;
    return id;
  }

  text(id: number): string {
    return this.#texts[id]!;
  }

  get size(): number {
    return this.#texts.length;
  }
}
