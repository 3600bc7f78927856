const WORDS_PER_BLOCK = 16; // 512 bits: one cache line

/**
 * Which traces were ever booked: a blocked bloom filter. "No" is certain and saves the look-up of a trace that arrives whole; "maybe" costs
 * one look-up and nothing else. Until it is `complete` (rebuilt from the store after a start) every trace is a "maybe".
 */
export class SeenTraces {
  complete = false;
  readonly #words: Uint32Array;
  readonly #blocks: number;

  /** @param megabytes 10 bits a trace give 1 % false "maybe": 32 MB hold 26 million traces. */
  constructor(megabytes = 32) {
    this.#words = new Uint32Array((megabytes * 1024 * 1024) / 4);
    this.#blocks = this.#words.length / WORDS_PER_BLOCK;
  }

  add(project: string, traceId: string): void {
    const [block, probe] = this.#place(project, traceId);
    for (let i = 0, h = probe; i < 8; i++, h = next(h)) {
      const bit = h >>> 23;
      const word = block + (bit >>> 5);
      this.#words[word] = this.#words[word]! | (1 << (bit & 31));
    }
  }

  maybe(project: string, traceId: string): boolean {
    if (!this.complete) return true;
    const [block, probe] = this.#place(project, traceId);
    for (let i = 0, h = probe; i < 8; i++, h = next(h)) {
      const bit = h >>> 23;
      if (!(this.#words[block + (bit >>> 5)]! & (1 << (bit & 31)))) return false;
    }
    return true;
  }

  #place(project: string, traceId: string): [number, number] {
    // Trace ids need not be random: every part of them is mixed.
    let a = 0x9e3779b9;
    let b = 0x85ebca6b;
    for (let i = 0; i < 32; i += 8) {
      const word = Number.parseInt(traceId.slice(i, i + 8), 16) | 0;
      a = Math.imul(a ^ word, 0xcc9e2d51);
      a ^= a >>> 15;
      b = Math.imul(b + word, 0x1b873593) ^ (a >>> 7);
    }
    for (let i = 0; i < project.length; i++) a = Math.imul(a ^ project.charCodeAt(i), 0x01000193);
    a ^= a >>> 16;
    a = Math.imul(a, 0x7feb352d);
    a ^= a >>> 15;
    return [((a >>> 0) % this.#blocks) * WORDS_PER_BLOCK, b | 1];
  }
}

const next = (h: number): number => {
  const x = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return (x ^ (x >>> 12)) | 0;
};
