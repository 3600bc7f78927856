const WORDS_PER_BLOCK = 16; // 512 bits: one cache line

/**
 * Which traces were ever booked: a blocked bloom filter. "No" is certain and saves the look-up of a trace that arrives whole; "maybe" costs
 * one look-up and nothing else. Until it is `complete` (rebuilt from the store after a start) every trace is a "maybe".
 */
export class SeenTraces {
  complete = false;
  readonly #words: Uint32Array;
  readonly #blocks: number;
  readonly #seeds = new Map<string, number>();
  /** Where the id that was placed last stands: first word of its block, and the bits to probe. */
  #block = 0;
  #probe = 0;

  /** @param megabytes 10 bits a trace give 1 % false "maybe": 32 MB hold 26 million traces. */
  constructor(megabytes = 32) {
    this.#words = new Uint32Array((megabytes * 1024 * 1024) / 4);
    this.#blocks = this.#words.length / WORDS_PER_BLOCK;
  }

  /** @param traceId 32 hex digits */
  add(project: string, traceId: string): void {
    this.#placeHex(project, traceId);
    this.#set();
  }

  /** Ids as the store keeps them: UInt128, little-endian; one every `stride` bytes. */
  addMany(project: string, ids: Buffer, stride: number): void {
    const seed = this.#seedOf(project);
    for (let at = 0; at + 16 <= ids.length; at += stride) {
      this.#place(seed, ids.readInt32LE(at + 12), ids.readInt32LE(at + 8), ids.readInt32LE(at + 4), ids.readInt32LE(at));
      this.#set();
    }
  }

  /** @param traceId 32 hex digits */
  maybe(project: string, traceId: string): boolean {
    if (!this.complete) return true;
    this.#placeHex(project, traceId);
    for (let i = 0, h = this.#probe; i < 8; i++, h = next(h)) {
      const bit = h >>> 23;
      if (!(this.#words[this.#block + (bit >>> 5)]! & (1 << (bit & 31)))) return false;
    }
    return true;
  }

  #set(): void {
    for (let i = 0, h = this.#probe; i < 8; i++, h = next(h)) {
      const bit = h >>> 23;
      const word = this.#block + (bit >>> 5);
      this.#words[word] = this.#words[word]! | (1 << (bit & 31));
    }
  }

  #placeHex(project: string, id: string): void {
    this.#place(this.#seedOf(project), wordAt(id, 0), wordAt(id, 8), wordAt(id, 16), wordAt(id, 24));
  }

  /** Trace ids need not be random: every word of them is mixed. */
  #place(seed: number, w0: number, w1: number, w2: number, w3: number): void {
    let a = seed;
    let b = 0x85ebca6b;
    a = mixA(a, w0);
    b = mixB(b, w0, a);
    a = mixA(a, w1);
    b = mixB(b, w1, a);
    a = mixA(a, w2);
    b = mixB(b, w2, a);
    a = mixA(a, w3);
    b = mixB(b, w3, a);
    a ^= a >>> 16;
    a = Math.imul(a, 0x7feb352d);
    a ^= a >>> 15;
    this.#block = ((a >>> 0) % this.#blocks) * WORDS_PER_BLOCK;
    this.#probe = b | 1;
  }

  #seedOf(project: string): number {
    let seed = this.#seeds.get(project);
    if (seed === undefined) {
      seed = 0x9e3779b9;
      for (let i = 0; i < project.length; i++) seed = Math.imul(seed ^ project.charCodeAt(i), 0x01000193);
      this.#seeds.set(project, seed);
    }
    return seed;
  }
}

const wordAt = (id: string, at: number): number => Number.parseInt(id.slice(at, at + 8), 16) | 0;

function mixA(a: number, word: number): number {
  const x = Math.imul(a ^ word, 0xcc9e2d51);
  return x ^ (x >>> 15);
}

const mixB = (b: number, word: number, a: number): number => Math.imul(b + word, 0x1b873593) ^ (a >>> 7);

const next = (h: number): number => {
  const x = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return (x ^ (x >>> 12)) | 0;
};
