import { type Draft, Flag, hasUsage, KINDS, type Kind, type TaskStatus } from '../../draft.ts';
import { Strings } from './strings.ts';

/** Bits of a span. The lowest three are its kind, the next two its status. */
export const Bit = { hasEnd: 32, usage: 64, createAgent: 128, present: 256, gone: 512 } as const;

export const KIND = Object.fromEntries(KINDS.map((kind, i) => [kind, i])) as Record<Kind, number>;
const STATUSES: readonly TaskStatus[] = ['running', 'completed', 'failed', 'cancelled'];

/** Facts that a span may say of its run, each the number of a string. */
export const FACTS = ['run', 'user', 'session', 'feature', 'source', 'tags'] as const;
export type Fact = (typeof FACTS)[number];

const BASE = [
  'named',
  'startHi',
  'startLo',
  'endHi',
  'endLo',
  'weight',
  'hashHi',
  'hashLo',
  'bits',
  'name',
  'response',
  'run',
  'user',
  'session',
  'feature',
  'source',
  'tags',
  'runName',
  'rootName',
  'runNameRank',
  'rootNameRank',
] as const;

/**
 * What the spans of one trace say of themselves, as far as it decides about others: some hundred bytes each, in columns. A span that is only
 * named as a parent has a slot, too, without {@link Bit.present}. Slots are given in order and stay.
 */
export class Spans {
  count = 0;
  /** Slots with a span. */
  present = 0;
  readonly strings = new Strings();
  idHi = new Uint32Array(0);
  idLo = new Uint32Array(0);
  /** Slot of the parent it names, or -1. */
  named = new Int32Array(0);
  /** Nanoseconds since the epoch. */
  startHi = new Uint32Array(0);
  startLo = new Uint32Array(0);
  /** Zero where the times are those of arrival. */
  endHi = new Uint32Array(0);
  endLo = new Uint32Array(0);
  weight = new Uint32Array(0);
  hashHi = new Uint32Array(0);
  hashLo = new Uint32Array(0);
  bits = new Uint16Array(0);
  name = new Int32Array(0);
  response = new Int32Array(0);
  run = new Int32Array(0);
  user = new Int32Array(0);
  session = new Int32Array(0);
  feature = new Int32Array(0);
  source = new Int32Array(0);
  tags = new Int32Array(0);
  runName = new Int32Array(0);
  rootName = new Int32Array(0);
  runNameRank = new Uint16Array(0);
  rootNameRank = new Uint16Array(0);
  #index = new Int32Array(16).fill(-1);

  get capacity(): number {
    return this.bits.length;
  }

  kind(slot: number): number {
    return this.bits[slot]! & 7;
  }
  is(slot: number, bit: number): boolean {
    return (this.bits[slot]! & bit) !== 0;
  }
  status(slot: number): TaskStatus {
    return STATUSES[(this.bits[slot]! >>> 3) & 3]!;
  }
  spanId(slot: number): string {
    return hex(this.idHi[slot]!) + hex(this.idLo[slot]!);
  }

  /** Start order, ties by id. */
  before(a: number, b: number): boolean {
    return (
      (this.startHi[a]! - this.startHi[b]! ||
        this.startLo[a]! - this.startLo[b]! ||
        this.idHi[a]! - this.idHi[b]! ||
        this.idLo[a]! - this.idLo[b]!) < 0
    );
  }

  byId(a: number, b: number): number {
    return this.idHi[a]! - this.idHi[b]! || this.idLo[a]! - this.idLo[b]!;
  }

  /** The slot of a span or of a parent that was named, or -1. */
  find(spanId: string): number {
    const hi = Number.parseInt(spanId.slice(0, 8), 16);
    const lo = Number.parseInt(spanId.slice(8), 16);
    return this.#index[this.#placeOf(hi, lo)]!;
  }

  /** The slot of an id, made where there is none. */
  slotOf(spanId: string): number {
    const hi = Number.parseInt(spanId.slice(0, 8), 16);
    const lo = Number.parseInt(spanId.slice(8), 16);
    const place = this.#placeOf(hi, lo);
    if (this.#index[place]! >= 0) return this.#index[place]!;
    if (this.count === this.capacity) this.#grow();
    const slot = this.count++;
    this.idHi[slot] = hi;
    this.idLo[slot] = lo;
    this.named[slot] = -1;
    this.bits[slot] = KIND.other;
    this.#index[place] = slot;
    if (this.count * 2 > this.#index.length) this.#reindex(this.#index.length * 2);
    return slot;
  }

  /** Is the draft a better version than what stands in the slot? The order of compareVersions. */
  beats(draft: Draft, slot: number): boolean {
    const hasEnd = this.is(slot, Bit.hasEnd);
    if (draft.hasEnd !== hasEnd) return draft.hasEnd;
    const end = endOf(draft);
    const order =
      Number(end >> 32n) - this.endHi[slot]! ||
      Number(end & LOW) - this.endLo[slot]! ||
      draft.weight - this.weight[slot]! ||
      draft.hashHi - this.hashHi[slot]! ||
      draft.hashLo - this.hashLo[slot]!;
    return order > 0;
  }

  /** Does the draft stand where the slot does, in time and in the tree? */
  sameplace(draft: Draft, slot: number): boolean {
    const parent = this.named[slot]!;
    return (
      Number(draft.startedAt >> 32n) === this.startHi[slot] &&
      Number(draft.startedAt & LOW) === this.startLo[slot] &&
      (parent < 0 ? draft.parentId === '' : draft.parentId !== '' && this.spanId(parent) === draft.parentId)
    );
  }

  /** Writes what a draft says into the slot. May make a slot for its parent. */
  put(slot: number, d: Draft): void {
    this.named[slot] = d.parentId === '' ? -1 : this.slotOf(d.parentId);
    this.startHi[slot] = Number(d.startedAt >> 32n);
    this.startLo[slot] = Number(d.startedAt & LOW);
    const end = endOf(d);
    this.endHi[slot] = Number(end >> 32n);
    this.endLo[slot] = Number(end & LOW);
    if (!this.is(slot, Bit.present)) this.present++;
    this.bits[slot] =
      KIND[d.kind] |
      (STATUSES.indexOf(d.status) << 3) |
      (d.hasEnd ? Bit.hasEnd : 0) |
      (hasUsage(d) ? Bit.usage : 0) |
      (d.flags & Flag.createAgent ? Bit.createAgent : 0) |
      Bit.present;
    this.weight[slot] = d.weight;
    this.hashHi[slot] = d.hashHi;
    this.hashLo[slot] = d.hashLo;
    this.#putFacts(slot, d);
  }

  #putFacts(slot: number, d: Draft): void {
    const { strings } = this;
    this.name[slot] = strings.idOf(d.name);
    this.response[slot] = strings.idOf(d.responseId);
    this.run[slot] = strings.idOf(d.ownRunId);
    this.user[slot] = strings.idOf(d.ownUser);
    this.session[slot] = strings.idOf(d.ownSession);
    this.feature[slot] = strings.idOf(d.ownFeature);
    this.source[slot] = strings.idOf(d.ownSource);
    this.tags[slot] = d.ownTags.length === 0 ? 0 : strings.idOf(JSON.stringify(d.ownTags));
    this.runName[slot] = strings.idOf(d.runName);
    this.rootName[slot] = strings.idOf(d.rootName);
    this.runNameRank[slot] = d.runNameRank;
    this.rootNameRank[slot] = d.rootNameRank;
  }

  /** What is left of a deleted span: its place, and the run that spans below it inherit. */
  strip(slot: number, run: number): void {
    for (const column of [this.name, this.response, this.user, this.session, this.feature, this.source, this.tags]) column[slot] = 0;
    for (const column of [this.runName, this.rootName, this.endHi, this.endLo, this.weight, this.hashHi, this.hashLo]) column[slot] = 0;
    this.run[slot] = run;
    this.bits[slot] = KIND.other | (this.bits[slot]! & (3 << 3)) | (this.bits[slot]! & Bit.hasEnd) | Bit.present | Bit.gone;
  }

  /** All that stands in the slot, for {@link restore}. */
  copy(slot: number): number[] {
    return BASE.map((column) => this[column][slot]!);
  }

  restore(slot: number, values: readonly number[]): void {
    for (const [i, column] of BASE.entries()) this[column][slot] = values[i]!;
  }

  /** Forgets the slots from `count` on. */
  truncate(count: number): void {
    this.count = count;
    this.present = 0;
    for (let slot = 0; slot < count; slot++) if (this.is(slot, Bit.present)) this.present++;
    this.#reindex(this.#index.length);
  }

  /** Bytes of memory, about. */
  get bytes(): number {
    return this.capacity * 86 + this.#index.length * 4 + this.strings.size * 60 + this.strings.length;
  }

  #placeOf(hi: number, lo: number): number {
    const mask = this.#index.length - 1;
    let h = Math.imul(hi ^ Math.imul(lo, 0x9e3779b1), 0x85ebca6b);
    h = (h ^ (h >>> 15) ^ lo) & mask;
    for (; ; h = (h + 1) & mask) {
      const slot = this.#index[h]!;
      if (slot < 0 || (this.idLo[slot] === lo && this.idHi[slot] === hi)) return h;
    }
  }

  #reindex(size: number): void {
    this.#index = new Int32Array(size).fill(-1);
    for (let slot = 0; slot < this.count; slot++) this.#index[this.#placeOf(this.idHi[slot]!, this.idLo[slot]!)] = slot;
  }

  #grow(): void {
    const size = roomier(this.capacity);
    this.idHi = larger(this.idHi, size);
    this.idLo = larger(this.idLo, size);
    for (const column of BASE) (this[column] as Column) = larger(this[column] as Column, size);
  }
}

const LOW = 0xffff_ffffn;
const hex = (word: number): string => word.toString(16).padStart(8, '0');
const endOf = (d: Draft): bigint => (d.flags & Flag.arrivalTime ? 0n : d.startedAt + d.durationNs);

type Column = Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/** The next size of a column. */
export const roomier = (capacity: number): number => Math.max(256, Math.ceil(capacity * 1.5));

export function larger<T extends Column>(old: T, size: number): T {
  const bigger = new (old.constructor as new (size: number) => T)(size);
  bigger.set(old);
  return bigger;
}
