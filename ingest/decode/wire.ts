/** Input that is not a well-formed message of its encoding: the sender's fault, never worth a retry. */
export class MalformedError extends Error {
  override readonly name = 'MalformedError';
}

/**
 * A bounded reader of the protobuf wire format (https://protobuf.dev/programming-guides/encoding/) over one buffer.
 * Every length is checked against the enclosing message; groups and over-long varints are refused.
 */
export class WireReader {
  pos = 0;
  readonly #view: DataView;
  constructor(readonly bytes: Buffer) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** An unsigned varint as a number; exact up to 2^53, above that the nearest double. */
  varint(): number {
    const b = this.bytes;
    let byte = this.#next();
    if (byte < 128) return byte;
    let value = byte & 127;
    let scale = 128;
    for (let i = 1; i < 10; i++) {
      byte = this.pos < b.length ? b[this.pos++]! : this.#next();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
    throw new MalformedError('varint longer than 10 bytes');
  }

  /** A varint that holds an int64 in two's complement, as a number (exact within ±2^53). */
  int64(): number {
    const start = this.pos;
    const value = this.varint();
    if (value < 2 ** 63) return value;
    this.pos = start;
    return Number(this.bigInt64());
  }

  /** A varint that holds an int64, exact: a number, or decimal text beyond ±2^53. */
  integer(): number | string {
    const start = this.pos;
    const value = this.int64();
    if (Number.isSafeInteger(value)) return value;
    this.pos = start;
    return String(this.bigInt64());
  }

  bigInt64(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#next();
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asIntN(64, value);
    }
    throw new MalformedError('varint longer than 10 bytes');
  }

  /** Length prefix of a submessage or string: the position where it ends, checked against `end`. */
  limit(end: number): number {
    const length = this.varint();
    const to = this.pos + length;
    if (to > end) throw new MalformedError('length runs past the end of its message');
    return to;
  }

  /** Position after a fixed-width value of `width` bytes that starts here. */
  fixed(width: number, end: number): number {
    const to = this.pos + width;
    if (to > end) throw new MalformedError('fixed value runs past the end of its message');
    return to;
  }

  /** A fixed64 as an unsigned integer. */
  fixed64(end: number): bigint {
    const from = this.pos;
    this.pos = this.fixed(8, end);
    return this.#view.getBigUint64(from, true);
  }

  /** Passes over a field that nobody here reads. */
  skip(wireType: number, end: number): void {
    if (wireType === 2) this.pos = this.limit(end);
    else if (wireType === 0) this.varint();
    else if (wireType === 1) this.pos = this.fixed(8, end);
    else if (wireType === 5) this.pos = this.fixed(4, end);
    else throw new MalformedError(`wire type ${wireType} is not allowed`);
    if (this.pos > end) throw new MalformedError('field runs past the end of its message');
  }

  #next(): number {
    if (this.pos >= this.bytes.length) throw new MalformedError('message ends inside a field');
    return this.bytes[this.pos++]!;
  }
}
