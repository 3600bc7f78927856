import { type Forest, grow } from './forest.ts';

/** 32-bit words of a task in skeleton.sql: its id, its parent's, its trace's. */
const WORDS = 8;
const PARENT = 2;
const TRACE = 4;
const BYTES = WORDS * 4;

/** Who is whose child in a run, a few bytes a task: enough to find any part of its tree. Places are by start. */
export class Skeleton {
  readonly size: number;
  private readonly bytes: Buffer;
  private readonly words: Int32Array;
  private readonly failures: Buffer;
  private readonly slots: Int32Array;
  private grown: Forest | undefined;

  /** @param packed what skeleton.sql answers: base64 */
  constructor(packed: { nodes: string; failures: string }) {
    this.bytes = Buffer.from(packed.nodes, 'base64');
    this.failures = Buffer.from(packed.failures, 'base64');
    this.words = wordsOf(this.bytes);
    this.size = this.bytes.length / BYTES;
    this.slots = new Int32Array(2 ** Math.ceil(Math.log2(this.size * 2 + 2))).fill(-1);
    for (let place = 0; place < this.size; place++) {
      const slot = this.slotOf(this.words, place * WORDS, place * WORDS + TRACE);
      // Ids are unique within a trace. Should a store ever say otherwise, the first one has the children.
      if (this.slots[slot] === -1) this.slots[slot] = place;
    }
  }

  get forest(): Forest {
    this.grown ??= grow(Int32Array.from({ length: this.size }, (_, place) => this.parentOf(place)));
    return this.grown;
  }

  /** The place of a task by its ids in hex; -1 where it is not in the run. */
  find(traceId: string, spanId: string): number {
    const key = Buffer.from(spanId + traceId, 'hex');
    return key.length === 24 ? this.slots[this.slotOf(wordsOf(key), 0, 2)]! : -1;
  }

  span(place: number): string {
    return this.bytes.toString('hex', place * BYTES, place * BYTES + 8);
  }

  trace(place: number): string {
    return this.bytes.toString('hex', place * BYTES + 16, place * BYTES + 32);
  }

  /** Of each task, how many below it failed. */
  failedBelow(): Int32Array {
    const { parent, order } = this.forest;
    const below = new Int32Array(this.size);
    for (let rank = this.size - 1; rank >= 0; rank--) {
      const place = order[rank]!;
      const up = parent[place]!;
      if (up >= 0) below[up]! += below[place]! + this.failures[place]!;
    }
    return below;
  }

  private parentOf(place: number): number {
    const at = place * WORDS;
    if (this.words[at + PARENT] === 0 && this.words[at + PARENT + 1] === 0) return -1;
    const found = this.slots[this.slotOf(this.words, at + PARENT, at + TRACE)]!;
    return found === place ? -1 : found;
  }

  /** The slot of the task with the id at `span` and the trace at `trace` of `words`, or the empty slot where it would be. */
  private slotOf(words: Int32Array, span: number, trace: number): number {
    const mask = this.slots.length - 1;
    for (let slot = mixed(words[span]! ^ words[trace]!, words[span + 1]!) & mask; ; slot = (slot + 1) & mask) {
      const place = this.slots[slot]!;
      if (place === -1) return slot;
      const own = place * WORDS;
      if (this.words[own] === words[span] && this.words[own + 1] === words[span + 1] && this.isTrace(own + TRACE, words, trace))
        return slot;
    }
  }

  private isTrace(own: number, words: Int32Array, trace: number): boolean {
    for (let word = 0; word < 4; word++) if (this.words[own + word] !== words[trace + word]) return false;
    return true;
  }
}

/** Only compared and mixed, so that the order of their bytes does not matter. */
function wordsOf(bytes: Buffer): Int32Array {
  const own = new Uint8Array(bytes);
  return new Int32Array(own.buffer, 0, own.length / 4);
}

/** Ids may count up, and then differ in a few bits only: all of them must count in all of the result (the last step of murmur3). */
function mixed(a: number, b: number): number {
  let hash = Math.imul(a, 0x9e3779b1) ^ b;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
