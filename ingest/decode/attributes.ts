import { Interner } from './intern.ts';
import { WireReader } from './wire.ts';

/** How the value of an attribute is held. `complex` is an array, a kvlist or bytes: its AnyValue message, still encoded. */
export const ValueType = { none: 0, string: 1, bool: 2, int: 3, double: 4, complex: 5 } as const;

/**
 * Attribute keys of the whole process. The first ids belong to keys that some dialect reads (registered at start), so that
 * `id < knownKeys` tells a known key and arrays indexed by id replace maps.
 */
export class KeyTable {
  readonly #interner = new Interner();
  /** Keys registered before the first request. */
  known = 0;
  static readonly limit = 200_000;
  /** Row of a key where it was met last, in whatever table: a hint that the table checks. */
  lastRow = new Int32Array(1024);

  register(keys: Iterable<string>): void {
    for (const key of keys) this.#interner.idOf(key);
    this.known = this.#interner.size;
  }
  /** -1 for a key that is new when there are too many: one request could hold millions. */
  id(src: Uint8Array, from: number, length: number): number {
    return this.#interner.id(src, from, length, KeyTable.limit);
  }
  idOf(key: string): number {
    return this.#interner.idOf(key);
  }
  name(id: number): string {
    return this.#interner.strings[id]!;
  }
  get size(): number {
    return this.#interner.size;
  }
}

/** The attributes of many spans, as columns over the bytes they were sent in. A span owns a range [from, to) of rows. */
export class AttributeTable {
  count = 0;
  keys: Int32Array;
  types: Uint8Array;
  from: Int32Array;
  length: Int32Array;
  numbers: Float64Array;
  /** What a span's share of this table and its bytes takes in memory; set once the request is decoded. */
  bytesPerSpan = 0;
  /** It takes no more memory than it has to. */
  shrunk = false;
  /** @param capacity rows there is room for at first */
  constructor(
    public bytes: Buffer,
    readonly keyTable: KeyTable,
    capacity = 256,
  ) {
    this.keys = new Int32Array(capacity);
    this.types = new Uint8Array(capacity);
    this.from = new Int32Array(capacity);
    this.length = new Int32Array(capacity);
    this.numbers = new Float64Array(capacity);
  }

  push(key: number, type: number, from: number, length: number, number: number): void {
    const i = this.count++;
    if (i === this.keys.length) this.#grow();
    this.keys[i] = key;
    this.types[i] = type;
    this.from[i] = from;
    this.length[i] = length;
    this.numbers[i] = number;
  }

  /**
   * Lets go of everything but these rows (1 in `needed`): of the request's bytes only their values stay, the others are lost. Rows keep their
   * numbers.
   */
  shrink(needed: Uint8Array): void {
    let size = 0;
    for (let i = 0; i < this.count; i++) if (needed[i]) size += this.length[i]!;
    const own = Buffer.allocUnsafeSlow(size);
    const { bytes, from, length, types } = this;
    let at = 0;
    for (let i = 0; i < this.count; i++) {
      const n = length[i]!;
      if (!needed[i]) {
        types[i] = ValueType.none;
        length[i] = 0;
      } else if (n > 0) {
        // A short copy costs less than the call that makes it.
        if (n < 24) for (let k = 0, p = from[i]!; k < n; k++) own[at + k] = bytes[p + k]!;
        else bytes.copy(own, at, from[i]!, from[i]! + n);
      }
      from[i] = at;
      at += length[i]!;
    }
    this.bytes = own;
    this.trim();
  }

  /** Lets go of the room for more rows. */
  trim(): void {
    this.keys = this.keys.slice(0, this.count);
    this.types = this.types.slice(0, this.count);
    this.from = this.from.slice(0, this.count);
    this.length = this.length.slice(0, this.count);
    this.numbers = this.numbers.slice(0, this.count);
    this.shrunk = true;
  }

  /** The last of several rows of one key wins: where the row just added repeats a key of the rows from `from` on, it takes that row's place. */
  mergeLast(from: number): void {
    const i = this.count - 1;
    const key = this.keys[i]!;
    const rows = this.#lastRows(key);
    const earlier = rows[key]!;
    if (earlier < from || earlier >= i || this.keys[earlier] !== key) {
      rows[key] = i;
      return;
    }
    this.types[earlier] = this.types[i]!;
    this.from[earlier] = this.from[i]!;
    this.length[earlier] = this.length[i]!;
    this.numbers[earlier] = this.numbers[i]!;
    this.count = i;
  }

  #lastRows(key: number): Int32Array {
    const { keyTable } = this;
    if (key >= keyTable.lastRow.length) {
      const bigger = new Int32Array(Math.max(key + 1, keyTable.lastRow.length * 2));
      bigger.set(keyTable.lastRow);
      keyTable.lastRow = bigger;
    }
    return keyTable.lastRow;
  }

  #grow(): void {
    const size = Math.max(16, this.keys.length * 2);
    const grow = <T extends Int32Array | Uint8Array | Float64Array>(old: T, next: T): T => {
      next.set(old);
      return next;
    };
    this.keys = grow(this.keys, new Int32Array(size));
    this.types = grow(this.types, new Uint8Array(size));
    this.from = grow(this.from, new Int32Array(size));
    this.length = grow(this.length, new Int32Array(size));
    this.numbers = grow(this.numbers, new Float64Array(size));
  }

  /** A list or map that is nested deeper, or holds more, than is read of it. */
  isCut(i: number): boolean {
    return this.types[i] === ValueType.complex && this.numbers[i] === 1;
  }

  /** The value as text, whatever its type: what is stored and shown. */
  text(i: number): string {
    switch (this.types[i]) {
      case ValueType.string:
        return this.bytes.toString('utf8', this.from[i]!, this.from[i]! + this.length[i]!);
      case ValueType.bool:
        return this.numbers[i] ? 'true' : 'false';
      case ValueType.int:
        return String(this.#integer(i));
      case ValueType.double:
        return String(this.numbers[i]);
      case ValueType.complex:
        return JSON.stringify(this.value(i));
      default:
        return '';
    }
  }

  /** The value as JavaScript: strings, numbers, booleans, arrays, objects without a prototype, null. Integers beyond ±2^53 are decimal text. */
  value(i: number): unknown {
    switch (this.types[i]) {
      case ValueType.bool:
        return this.numbers[i] === 1;
      case ValueType.int:
        return this.#integer(i);
      case ValueType.double:
        return this.numbers[i];
      case ValueType.complex:
        return decodeAnyValue(this.bytes, this.from[i]!, this.from[i]! + this.length[i]!);
      case ValueType.string:
        return this.text(i);
      default:
        return null;
    }
  }

  #integer(i: number): number | string {
    if (this.length[i] === 0) return this.numbers[i]!;
    return readerAt(this.bytes, this.from[i]!).integer();
  }
}

const MAX_DEPTH = 32;
const MAX_ITEMS = 100_000;
const MAX_KEY = 256;

/** Reads one KeyValue message that ends at `end` into the table. Returns false where it was dropped (empty or oversized key, too many keys). */
export function readKeyValue(r: WireReader, end: number, table: AttributeTable): boolean {
  let keyFrom = 0;
  let keyLength = 0;
  let valueFrom = 0;
  let valueEnd = 0;
  while (r.pos < end) {
    const tag = r.varint();
    if (tag === 10) {
      const to = r.limit(end);
      keyFrom = r.pos;
      keyLength = to - r.pos;
      r.pos = to;
    } else if (tag === 18) {
      valueEnd = r.limit(end);
      valueFrom = r.pos;
      r.pos = valueEnd;
    } else r.skip(tag & 7, end);
  }
  if (keyLength === 0 || keyLength > MAX_KEY) return false;
  const key = table.keyTable.id(r.bytes, keyFrom, keyLength);
  if (key < 0) return false;
  if (valueEnd === valueFrom) {
    table.push(key, ValueType.none, 0, 0, 0);
    return true;
  }
  const after = r.pos;
  r.pos = valueFrom;
  const tag = r.varint();
  if (tag === 10) {
    const to = r.limit(valueEnd);
    if (to !== valueEnd) readLast(r, valueFrom, valueEnd, key, table);
    else table.push(key, ValueType.string, r.pos, to - r.pos, 0);
  } else readLast(r, valueFrom, valueEnd, key, table);
  r.pos = after;
  return true;
}

/** The general case of an AnyValue: the last field of the oneof wins. */
function readLast(r: WireReader, from: number, end: number, key: number, table: AttributeTable): void {
  let type: number = ValueType.none;
  let at = 0;
  let length = 0;
  let number = 0;
  r.pos = from;
  while (r.pos < end) {
    const start = r.pos;
    const tag = r.varint();
    if (tag === 10) {
      const to = r.limit(end);
      type = ValueType.string;
      at = r.pos;
      length = to - r.pos;
      r.pos = to;
    } else if (tag === 16) {
      type = ValueType.bool;
      number = r.varint() ? 1 : 0;
    } else if (tag === 24) {
      type = ValueType.int;
      at = r.pos;
      number = r.int64();
      // An integer that a double cannot hold keeps its bytes, to be read again by who wants it exact.
      length = Number.isSafeInteger(number) ? 0 : r.pos - at;
    } else if (tag === 33) {
      type = ValueType.double;
      const to = r.fixed(8, end);
      number = r.bytes.readDoubleLE(r.pos);
      r.pos = to;
    } else if (tag === 42 || tag === 50 || tag === 58) {
      const to = r.limit(end);
      const items = { left: MAX_ITEMS };
      if (tag !== 58) check(r, to, tag, 1, items);
      r.pos = to;
      type = ValueType.complex;
      at = start;
      length = to - start;
      number = items.left < 0 ? 1 : 0;
    } else r.skip(tag & 7, end);
  }
  table.push(key, type, at, length, number);
}

/**
 * Throws where a list (`tag` 42) or map (50) does not decode, as deep as it will be read. It is read only when somebody wants its value, and
 * then nobody can refuse its span any more. `items.left` is negative afterwards where not all of it will be read.
 */
function check(r: WireReader, end: number, tag: number, depth: number, items: Items): void {
  while (r.pos < end) {
    const item = r.varint();
    if (item !== 10) {
      r.skip(item & 7, end);
      continue;
    }
    items.left--;
    if (tag === 42) checkAny(r, r.limit(end), depth, items);
    else {
      const to = r.limit(end);
      while (r.pos < to) {
        const field = r.varint();
        if (field === 18) checkAny(r, r.limit(to), depth, items);
        else r.skip(field & 7, to);
      }
    }
  }
}

function checkAny(r: WireReader, end: number, depth: number, items: Items): void {
  while (r.pos < end) {
    const tag = r.varint();
    if (tag !== 42 && tag !== 50) r.skip(tag & 7, end);
    else if (depth < MAX_DEPTH) check(r, r.limit(end), tag, depth + 1, items);
    else {
      items.left = -1;
      r.skip(2, end);
    }
  }
}

/**
 * An encoded AnyValue as JavaScript. What lies deeper than 32 levels is cut to null, what comes after 100,000 items is left out; bytes become
 * base64 text.
 */
export function decodeAnyValue(bytes: Buffer, from: number, end: number): unknown {
  return readAny(readerAt(bytes, from), end, 0, { left: MAX_ITEMS });
}

/** Items that one value may still take: a list of nothing takes ten times its size in memory. */
interface Items {
  left: number;
}

/** Reads an AnyValue message; the reader stands at its end afterwards. */
function readAny(r: WireReader, end: number, depth: number, items: Items): unknown {
  let value: unknown = null;
  while (r.pos < end) {
    const tag = r.varint();
    if (tag === 10) value = slice(r, end);
    else if (tag === 16) value = r.varint() !== 0;
    else if (tag === 24) value = r.integer();
    else if (tag === 33) {
      const to = r.fixed(8, end);
      value = r.bytes.readDoubleLE(r.pos);
      r.pos = to;
    } else if (tag === 42 || tag === 50) {
      const to = r.limit(end);
      if (depth >= MAX_DEPTH) value = null;
      else value = tag === 42 ? readArray(r, to, depth + 1, items) : readKvList(r, to, depth + 1, items);
      r.pos = to;
    } else if (tag === 58) {
      const to = r.limit(end);
      value = r.bytes.subarray(r.pos, to).toString('base64');
      r.pos = to;
    } else r.skip(tag & 7, end);
  }
  r.pos = end;
  return value;
}

function readArray(r: WireReader, end: number, depth: number, items: Items): unknown[] {
  const list: unknown[] = [];
  while (r.pos < end && items.left > 0) {
    const tag = r.varint();
    if (tag !== 10) {
      r.skip(tag & 7, end);
      continue;
    }
    items.left--;
    list.push(readAny(r, r.limit(end), depth, items));
  }
  return list;
}

function readKvList(r: WireReader, end: number, depth: number, items: Items): Record<string, unknown> {
  // Null prototype: a key `__proto__` is a key like any other.
  const map: Record<string, unknown> = Object.create(null);
  while (r.pos < end && items.left > 0) {
    const tag = r.varint();
    if (tag !== 10) {
      r.skip(tag & 7, end);
      continue;
    }
    items.left--;
    const to = r.limit(end);
    let key = '';
    let value: unknown = null;
    while (r.pos < to) {
      const field = r.varint();
      if (field === 10) key = slice(r, to);
      else if (field === 18) value = readAny(r, r.limit(to), depth, items);
      else r.skip(field & 7, to);
    }
    map[key] = value;
  }
  return map;
}

function slice(r: WireReader, end: number): string {
  const to = r.limit(end);
  const text = r.bytes.toString('utf8', r.pos, to);
  r.pos = to;
  return text;
}

function readerAt(bytes: Buffer, pos: number): WireReader {
  const r = new WireReader(bytes);
  r.pos = pos;
  return r;
}
