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

  /** A length-delimited submessage whose fields `body` writes. */
  message(field: number, body: () => void): void {
    this.#tag(field, 2);
    // Five bytes are kept for the length; a padded varint is legal and saves moving the body.
    this.#need(5);
    const at = this.#pos;
    this.#pos += 5;
    body();
    let length = this.#pos - at - 5;
    for (let i = 0; i < 4; i++) {
      this.#bytes[at + i] = (length & 127) | 128;
      length >>>= 7;
    }
    this.#bytes[at + 4] = length;
  }

  string(field: number, value: unknown, keepEmpty = false): void {
    const text = typeof value === 'string' ? value : value === undefined || value === null ? '' : String(value);
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

  /** A hex id. What is not hex is written as it is, so that the reader rejects it by its length. */
  id(field: number, value: unknown): void {
    if (typeof value !== 'string' || value === '') return;
    this.bytes(field, /^(?:[0-9a-f]{2})+$/i.test(value) ? Buffer.from(value, 'hex') : Buffer.from(`?${value}`));
  }

  varint(field: number, value: number, keepZero = false): void {
    if (!Number.isFinite(value) || value < 0 || (value === 0 && !keepZero)) return;
    this.#tag(field, 0);
    this.#varint(Math.trunc(value));
  }

  /** A signed 64-bit integer given as number or decimal string. */
  int64(field: number, value: unknown): void {
    const big = toBigInt(value);
    if (big === null) return;
    this.#tag(field, 0);
    let rest = BigInt.asUintN(64, big);
    this.#need(10);
    while (rest > 127n) {
      this.#bytes[this.#pos++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    this.#bytes[this.#pos++] = Number(rest);
  }

  fixed64(field: number, value: unknown): void {
    const big = toBigInt(value);
    if (big === null || big === 0n) return;
    this.#tag(field, 1);
    this.#need(8);
    this.#bytes.writeBigUInt64LE(BigInt.asUintN(64, big), this.#pos);
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
    let rest = value;
    while (rest > 127) {
      this.#bytes[this.#pos++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#pos++] = rest;
  }

  #need(size: number): void {
    if (this.#pos + size <= this.#bytes.length) return;
    const bigger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#pos + size));
    this.#bytes.copy(bigger, 0, 0, this.#pos);
    this.#bytes = bigger;
  }
}

function toBigInt(value: unknown): bigint | null {
  if (typeof value === 'number') return Number.isFinite(value) ? BigInt(Math.trunc(value)) : null;
  if (typeof value !== 'string' || !/^-?\d+$/.test(value.trim())) return null;
  return BigInt(value.trim());
}
