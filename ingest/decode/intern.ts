/**
 * Byte strings seen before, by content. Attribute keys, models, names and users repeat in almost every span: looking them up by their
 * bytes saves decoding UTF-8 and allocating a string for each.
 */
export class Interner {
  #mask = 1023;
  #table = new Int32Array(1024).fill(-1);
  #hashes: number[] = [];
  #bytes: Buffer[] = [];
  readonly strings: string[] = [];
  // Unknown to senders, so that they cannot choose strings that all fall into one slot.
  readonly #seed = Math.floor(Math.random() * 2 ** 32);

  get size(): number {
    return this.strings.length;
  }

  /** Id of the byte string `src[from, from + length)`; a new one gets the next id, or -1 where that would be `limit`. */
  id(src: Uint8Array, from: number, length: number, limit = Number.POSITIVE_INFINITY): number {
    // FNV-1a: what a byte does to the hash depends on the seed. A polynomial (31 x hash + byte) has the same collisions under every seed.
    let hash = this.#seed ^ length;
    for (let i = from, end = from + length; i < end; i++) hash = Math.imul(hash ^ src[i]!, 0x01000193);
    hash ^= hash >>> 15;
    let slot = hash & this.#mask;
    for (;;) {
      const id = this.#table[slot]!;
      if (id < 0) return this.strings.length < limit ? this.#add(src, from, length, hash, slot) : -1;
      if (this.#hashes[id] === hash && this.#same(id, src, from, length)) return id;
      slot = (slot + 1) & this.#mask;
    }
  }

  /** The string for those bytes (invalid UTF-8 becomes U+FFFD), the same object each time. */
  text(src: Uint8Array, from: number, length: number): string {
    return length === 0 ? '' : this.strings[this.id(src, from, length)]!;
  }

  idOf(text: string): number {
    const bytes = Buffer.from(text);
    return this.id(bytes, 0, bytes.length);
  }

  #same(id: number, src: Uint8Array, from: number, length: number): boolean {
    const known = this.#bytes[id]!;
    if (known.length !== length) return false;
    for (let i = 0; i < length; i++) if (known[i] !== src[from + i]) return false;
    return true;
  }

  #add(src: Uint8Array, from: number, length: number, hash: number, slot: number): number {
    const id = this.strings.length;
    // A copy: the request's buffer must not stay alive because of one key in it.
    const bytes = Buffer.from(src.subarray(from, from + length));
    this.#table[slot] = id;
    this.#hashes.push(hash);
    this.#bytes.push(bytes);
    this.strings.push(bytes.toString('utf8'));
    if (id * 2 > this.#mask) this.#grow();
    return id;
  }

  #grow(): void {
    this.#mask = this.#mask * 2 + 1;
    this.#table = new Int32Array(this.#mask + 1).fill(-1);
    for (let id = 0; id < this.#hashes.length; id++) {
      let slot = this.#hashes[id]! & this.#mask;
      while (this.#table[slot]! >= 0) slot = (slot + 1) & this.#mask;
      this.#table[slot] = id;
    }
  }
}
