import { type Forest, grow } from './forest.ts';

/** Bytes of a task in skeleton.sql: its id, its parent's, its trace's, and whether it failed. */
const SPAN = 8;
const PARENT = 8;
const TRACE = 16;
const SIZE = SPAN + PARENT + TRACE + 1;

/** Who is whose child in a run, a few bytes a task: enough to find any part of its tree. Places are by start. */
export class Skeleton {
  readonly size: number;
  private readonly bytes: Buffer;
  private readonly slots: Int32Array;
  private grown: Forest | undefined;

  /** @param packed what skeleton.sql answers: base64 */
  constructor(packed: string) {
    this.bytes = Buffer.from(packed, 'base64');
    this.size = this.bytes.length / SIZE;
    this.slots = new Int32Array(2 ** Math.ceil(Math.log2(this.size * 2 + 2))).fill(-1);
    for (let place = 0; place < this.size; place++) {
      const slot = this.slotOf(this.bytes, place * SIZE, place * SIZE + SPAN + PARENT);
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
    return key.length === SPAN + TRACE ? this.slots[this.slotOf(key, 0, SPAN)]! : -1;
  }

  span(place: number): string {
    return this.bytes.toString('hex', place * SIZE, place * SIZE + SPAN);
  }

  trace(place: number): string {
    const at = place * SIZE + SPAN + PARENT;
    return this.bytes.toString('hex', at, at + TRACE);
  }

  /** Of each task, how many below it failed. */
  failedBelow(): Int32Array {
    const { parent, order } = this.forest;
    const below = new Int32Array(this.size);
    for (let rank = this.size - 1; rank >= 0; rank--) {
      const place = order[rank]!;
      const up = parent[place]!;
      if (up >= 0) below[up]! += below[place]! + this.bytes[place * SIZE + SIZE - 1]!;
    }
    return below;
  }

  private parentOf(place: number): number {
    const at = place * SIZE;
    const parent = at + SPAN;
    if (this.bytes.readInt32LE(parent) === 0 && this.bytes.readInt32LE(parent + 4) === 0) return -1;
    const found = this.slots[this.slotOf(this.bytes, parent, parent + PARENT)]!;
    return found === place ? -1 : found;
  }

  /** The slot of the task with the id at `span` and the trace at `trace` of `bytes`, or the empty slot where it would be. */
  private slotOf(bytes: Buffer, span: number, trace: number): number {
    const mask = this.slots.length - 1;
    const mixed =
      Math.imul(bytes.readInt32LE(span) ^ bytes.readInt32LE(trace), 0x9e3779b1) ^ Math.imul(bytes.readInt32LE(span + 4), 0x85ebca6b);
    for (let slot = (mixed ^ (mixed >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const place = this.slots[slot]!;
      if (place === -1) return slot;
      const own = place * SIZE;
      if (this.bytes.compare(bytes, span, span + SPAN, own, own + SPAN) !== 0) continue;
      if (this.bytes.compare(bytes, trace, trace + TRACE, own + SPAN + PARENT, own + SPAN + PARENT + TRACE) === 0) return slot;
    }
  }
}
