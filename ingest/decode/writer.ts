/** Writes protobuf messages into one growing buffer. Values that do not fit their field are left out, as an absent field. */
export class WireWriter {
  #bytes: Buffer;
  #pos = 0;
  constructor(sizeHint: number) {
    this.#bytes = Buffer.allocUnsafe(Math.max(1024, sizeHint));
  }

  done(): Buffer {
    return this.#bytes.subarray(0, this.#pos);
  }

  /**
   * A length-delimited submessage whose fields `body` writes. Its length takes as few bytes as it can, as every encoder writes it: the content
   * hash is taken over encoded lists, and must not tell a span sent as JSON from the same span sent as protobuf.
   */
  message(field: number, body: () => void): void {
    this.#tag(field, 2);
    this.#need(1);
    const from = this.#pos + 1;
    this.#pos = from;
    body();
    const length = this.#pos - from;
    const width = widthOf(length);
    this.#need(width - 1);
    if (width > 1) this.#bytes.copyWithin(from + width - 1, from, this.#pos);
    this.#pos += width - 1;
    writeVarint(this.#bytes, from - 1, length);
  }

  string(field: number, value: unknown, keepEmpty = false): void {
    // Lists and objects are no texts: asked to become one they may fail, or never end.
    const text = typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
    if (text === '' && !keepEmpty) return;
    const length = Buffer.byteLength(text);
    this.#tag(field, 2);
    this.#varint(length);
    this.#need(length);
    this.#pos += this.#bytes.write(text, this.#pos, 'utf8');
  }

  bytes(field: number, value: Buffer): void {
    this.#tag(field, 2);
    this.#varint(value.length);
    this.#need(value.length);
    value.copy(this.#bytes, this.#pos);
    this.#pos += value.length;
  }

  /** A hex id. What is not hex is written as one byte, so that the reader rejects it by its length. */
  id(field: number, value: unknown): void {
    if (typeof value !== 'string' || value === '') return;
    this.bytes(field, value.length <= MAX_ID && /^(?:[0-9a-f]{2})+$/i.test(value) ? Buffer.from(value, 'hex') : NO_ID);
  }

  varint(field: number, value: number, keepZero = false): void {
    if (!(value >= 0 && value <= Number.MAX_SAFE_INTEGER) || (value === 0 && !keepZero)) return;
    this.#tag(field, 0);
    this.#varint(Math.trunc(value));
  }

  /** A signed 64-bit integer given as number or decimal string. Returns false (and writes nothing) where it is none. */
  int64(field: number, value: unknown): boolean {
    const big = toBigInt(value);
    if (big === null || BigInt.asIntN(64, big) !== big || (typeof value === 'number' && !Number.isInteger(value))) return false;
    this.#tag(field, 0);
    let rest = BigInt.asUintN(64, big);
    this.#need(10);
    while (rest > 127n) {
      this.#bytes[this.#pos++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    this.#bytes[this.#pos++] = Number(rest);
    return true;
  }

  /** Nanoseconds since the epoch. A time beyond the field becomes its end: wrapped round it could pass for a good one. */
  fixed64(field: number, value: unknown): void {
    const big = toBigInt(value);
    if (big === null || big <= 0n) return;
    this.#tag(field, 1);
    this.#need(8);
    this.#bytes.writeBigUInt64LE(big > MAX_UINT64 ? MAX_UINT64 : big, this.#pos);
    this.#pos += 8;
  }

  double(field: number, value: number): void {
    this.#tag(field, 1);
    this.#need(8);
    this.#pos = this.#bytes.writeDoubleLE(value, this.#pos);
  }

  #tag(field: number, wireType: number): void {
    this.#varint(field * 8 + wireType);
  }

  #varint(value: number): void {
    this.#need(10);
    this.#pos = writeVarint(this.#bytes, this.#pos, value);
  }

  #need(size: number): void {
    if (this.#pos + size <= this.#bytes.length) return;
    const bigger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#pos + size));
    this.#bytes.copy(bigger, 0, 0, this.#pos);
    this.#bytes = bigger;
  }
}

const NO_ID = Buffer.of(0);
/** Digits of the longest id that may be looked at. */
const MAX_ID = 64;
const MAX_UINT64 = 2n ** 64n - 1n;
/** Digits of an integer that may still fit 64 bits, with some zeros in front. More are not worth reading: the time it takes grows with their square. */
const MAX_DIGITS = 40;

/** Returns the position behind it. */
function writeVarint(bytes: Buffer, at: number, value: number): number {
  let to = at;
  let rest = value;
  while (rest > 127) {
    bytes[to++] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
  }
  bytes[to++] = rest;
  return to;
}

/** Bytes of a length as a varint. */
function widthOf(length: number): number {
  let width = 1;
  for (let rest = length; rest > 127; rest = Math.floor(rest / 128)) width++;
  return width;
}

function toBigInt(value: unknown): bigint | null {
  if (typeof value === 'number') return Number.isFinite(value) ? BigInt(Math.trunc(value)) : null;
  if (typeof value !== 'string') return null;
  const text = value.trim();
  if (!/^-?\d+$/.test(text)) return null;
  if (text.length > MAX_DIGITS) return text.startsWith('-') ? -MAX_UINT64 - 1n : MAX_UINT64 + 1n;
  return BigInt(text);
}
