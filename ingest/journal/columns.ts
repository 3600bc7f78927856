import { Bytes } from './bytes.ts';

/** A column of a Native block under construction: values are pushed to it, then it is written behind its name and type. */
export interface Column {
  readonly type: string;
  /** Does each of its `rows` values equal the default of its type? */
  blank(rows: number): boolean;
  /** Appends what stands behind the column's header. */
  write(out: Bytes): void;
  reset(): void;
}

/** Strings and other values laid end to end. */
export class Plain implements Column {
  readonly data = new Bytes();
  constructor(readonly type: string) {}
  /** An empty string is one byte, the length 0, and no other value is as short. */
  blank(rows: number): boolean {
    return this.type === 'String' && this.data.pos === rows;
  }
  write(out: Bytes): void {
    out.append(this.data);
  }
  reset(): void {
    this.data.pos = 0;
  }
}

/**
 * Numbers of one width, kept in a typed array. Its memory is the wire format, since both are little-endian on every platform the embedded
 * engine runs on.
 */
abstract class Numbers<A extends Uint8Array | Uint16Array | Uint32Array | BigInt64Array> implements Column {
  count = 0;
  protected abstract items: A;
  protected readonly zero: number | bigint = 0;
  constructor(readonly type: string) {}
  protected abstract grown(): A;
  protected room(): void {
    if (this.count === this.items.length) this.items = this.grown();
  }
  blank(): boolean {
    for (let i = 0; i < this.count; i++) if (this.items[i] !== this.zero) return false;
    return true;
  }
  write(out: Bytes): void {
    out.raw(new Uint8Array(this.items.buffer, 0, this.count * this.items.BYTES_PER_ELEMENT));
  }
  reset(): void {
    this.count = 0;
  }
}

export class Numbers8 extends Numbers<Uint8Array> {
  protected items = new Uint8Array(1024);
  protected grown(): Uint8Array {
    const bigger = new Uint8Array(this.count * 2);
    bigger.set(this.items);
    return bigger;
  }
  push(value: number): void {
    this.room();
    this.items[this.count++] = value;
  }
}

export class Numbers16 extends Numbers<Uint16Array> {
  protected items = new Uint16Array(1024);
  protected grown(): Uint16Array {
    const bigger = new Uint16Array(this.count * 2);
    bigger.set(this.items);
    return bigger;
  }
  push(value: number): void {
    this.room();
    this.items[this.count++] = value;
  }
}

export class Numbers32 extends Numbers<Uint32Array> {
  protected items = new Uint32Array(1024);
  protected grown(): Uint32Array {
    const bigger = new Uint32Array(this.count * 2);
    bigger.set(this.items);
    return bigger;
  }
  push(value: number): void {
    this.room();
    this.items[this.count++] = value;
  }
}

const WORD = 0x1_0000_0000;

/** 64-bit integers given as non-negative safe integers or as two halves. */
export class Numbers64 extends Numbers32 {
  push64(value: number): void {
    if (value < WORD) this.words(0, value);
    else this.words(Math.floor(value / WORD), value % WORD);
  }
  words(high: number, low: number): void {
    this.push(low);
    this.push(high);
  }
}

/** 64-bit integers given as bigint: nanoseconds and pico-dollars. */
export class BigNumbers64 extends Numbers<BigInt64Array> {
  protected override readonly zero = 0n;
  protected items = new BigInt64Array(1024);
  protected grown(): BigInt64Array {
    const bigger = new BigInt64Array(this.count * 2);
    bigger.set(this.items);
    return bigger;
  }
  push(value: bigint): void {
    this.room();
    this.items[this.count++] = value;
  }
}

/** Unsigned integers given in hex digits, most significant first ('' is zero). Neighbours are often the same id: it is read once. */
export class Ids extends Plain {
  #last = '?';
  #lastAt = 0;
  constructor(
    type: string,
    private readonly width: number,
  ) {
    super(type);
  }
  push(digits: string): void {
    const { data, width } = this;
    if (digits === this.#last) {
      data.need(width);
      data.buffer.copyWithin(data.pos, this.#lastAt, this.#lastAt + width);
      data.pos += width;
      return;
    }
    this.#last = digits;
    this.#lastAt = data.pos;
    data.hex(digits, width);
  }
  override reset(): void {
    super.reset();
    this.#last = '?';
  }
}

/** LowCardinality(String): a dictionary and the index of each value in it. */
export class Dictionary implements Column {
  readonly type = 'LowCardinality(String)';
  #ids = new Map<string, number>();
  #last = '';
  #lastId = -1;
  #index = new Uint32Array(1 << 10);
  #count = 0;

  push(value: string): void {
    let id: number;
    if (value === this.#last && this.#lastId >= 0) id = this.#lastId;
    else {
      const known = this.#ids.get(value);
      id = known ?? this.#ids.size;
      if (known === undefined) this.#ids.set(value, id);
      this.#last = value;
      this.#lastId = id;
    }
    if (this.#count === this.#index.length) {
      const bigger = new Uint32Array(this.#count * 2);
      bigger.set(this.#index);
      this.#index = bigger;
    }
    this.#index[this.#count++] = id;
  }

  blank(): boolean {
    return this.#ids.size === 1 && this.#ids.has('');
  }

  write(out: Bytes): void {
    out.u64(1);
    this.writeBody(out);
  }

  /** Without the version in front: inside of a Map it stands before the offsets. An empty one writes nothing. */
  writeBody(out: Bytes): void {
    const keys = this.#ids.size;
    if (this.#count === 0) return;
    const width = keys <= 256 ? 0 : keys <= 65_536 ? 1 : 2;
    // Flags: additional keys follow, the dictionary is this block's own; then the width of an index.
    out.u64(0x600 + width);
    out.u64(keys);
    for (const key of this.#ids.keys()) out.text(key);
    out.u64(this.#count);
    out.need(this.#count * 4);
    const b = out.buffer;
    let p = out.pos;
    for (let i = 0; i < this.#count; i++) {
      const id = this.#index[i]!;
      b[p++] = id;
      if (width > 0) b[p++] = id >>> 8;
      if (width > 1) {
        b[p++] = id >>> 16;
        b[p++] = id >>> 24;
      }
    }
    out.pos = p;
  }

  reset(): void {
    this.#ids.clear();
    this.#lastId = -1;
    this.#count = 0;
  }
}

/** Array(T) of plain values: offsets, then all items. Push items to `items`, then `end` the row. */
export class List implements Column {
  readonly items: Plain;
  readonly type: string;
  readonly #offsets = new Numbers64('UInt64');
  #total = 0;
  constructor(itemType: string) {
    this.type = `Array(${itemType})`;
    this.items = new Plain(itemType);
  }
  end(added: number): void {
    this.#total += added;
    this.#offsets.push64(this.#total);
  }
  blank(): boolean {
    return this.#total === 0;
  }
  write(out: Bytes): void {
    this.#offsets.write(out);
    this.items.write(out);
  }
  reset(): void {
    this.items.reset();
    this.#offsets.reset();
    this.#total = 0;
  }
}

/** Map(LowCardinality(String), String). Push a key and a value for each pair, then `end` the row. */
export class Attributes implements Column {
  readonly type = 'Map(LowCardinality(String), String)';
  readonly keys = new Dictionary();
  readonly values = new Bytes();
  readonly #offsets = new Numbers64('UInt64');
  #total = 0;
  end(added: number): void {
    this.#total += added;
    this.#offsets.push64(this.#total);
  }
  blank(): boolean {
    return this.#total === 0;
  }
  write(out: Bytes): void {
    out.u64(1);
    this.#offsets.write(out);
    this.keys.writeBody(out);
    out.append(this.values);
  }
  reset(): void {
    this.keys.reset();
    this.values.pos = 0;
    this.#offsets.reset();
    this.#total = 0;
  }
}

/** Map(String, Int64). */
export class Counters implements Column {
  readonly type = 'Map(String, Int64)';
  readonly #keys = new Bytes();
  readonly #values = new Bytes();
  readonly #offsets = new Numbers64('UInt64');
  #total = 0;
  push(counts: Iterable<readonly [string, number]>): void {
    for (const [key, value] of counts) {
      this.#keys.text(key);
      this.#values.i64(BigInt(value));
      this.#total++;
    }
    this.#offsets.push64(this.#total);
  }
  blank(): boolean {
    return this.#total === 0;
  }
  write(out: Bytes): void {
    this.#offsets.write(out);
    out.append(this.#keys);
    out.append(this.#values);
  }
  reset(): void {
    this.#keys.pos = 0;
    this.#values.pos = 0;
    this.#offsets.reset();
    this.#total = 0;
  }
}
