/** A growing byte buffer with the encodings of ClickHouse's Native format. */
export class Bytes {
  buffer: Buffer;
  pos = 0;
  constructor(size = 1 << 12) {
    this.buffer = Buffer.allocUnsafeSlow(size);
  }

  need(size: number): void {
    if (this.pos + size <= this.buffer.length) return;
    const bigger = Buffer.allocUnsafeSlow(Math.max(this.buffer.length * 2, this.pos + size));
    this.buffer.copy(bigger, 0, 0, this.pos);
    this.buffer = bigger;
  }

  varint(value: number): void {
    this.need(8);
    let rest = value;
    while (rest > 127) {
      this.buffer[this.pos++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.buffer[this.pos++] = rest;
  }

  u8(value: number): void {
    this.need(1);
    this.buffer[this.pos++] = value;
  }

  /** A non-negative safe integer as UInt64. */
  u64(value: number): void {
    this.need(8);
    const b = this.buffer;
    b.writeUInt32LE(value % 0x1_0000_0000, this.pos);
    b.writeUInt32LE(Math.floor(value / 0x1_0000_0000), this.pos + 4);
    this.pos += 8;
  }

  i64(value: bigint): void {
    this.need(8);
    this.pos = this.buffer.writeBigInt64LE(value, this.pos);
  }

  /** Hex digits of an unsigned integer, most significant first, as a little-endian integer of half as many bytes. '' is zero. */
  hex(digits: string, width: number): void {
    this.need(width);
    const b = this.buffer;
    if (digits.length !== width * 2) b.fill(0, this.pos, this.pos + width);
    else {
      for (let i = 0, at = this.pos + width - 1; i < digits.length; i += 2, at--) {
        b[at] = (NIBBLE[digits.charCodeAt(i)]! << 4) | NIBBLE[digits.charCodeAt(i + 1)]!;
      }
    }
    this.pos += width;
  }

  /** A String: length and UTF-8. */
  text(value: string): void {
    const length = value.length;
    if (length === 0) return this.u8(0);
    this.need(length * 3 + 5);
    if (length < 43) {
      // At most 127 bytes: the length takes one byte, so the text can be written behind it before it is known.
      const written = this.buffer.write(value, this.pos + 1, 'utf8');
      this.buffer[this.pos] = written;
      this.pos += written + 1;
      return;
    }
    this.varint(Buffer.byteLength(value));
    this.pos += this.buffer.write(value, this.pos, 'utf8');
  }

  /** A String from bytes that are known to be UTF-8. */
  slice(src: Buffer, from: number, to: number): void {
    const length = to - from;
    this.varint(length);
    this.need(length);
    if (length < 48) {
      const b = this.buffer;
      let p = this.pos;
      for (let i = from; i < to; i++) b[p++] = src[i]!;
    } else src.copy(this.buffer, this.pos, from, to);
    this.pos += length;
  }

  /**
   * The same for a short value that is most likely ASCII: copied while it is checked. Returns false (and writes nothing) where it is not.
   */
  asciiSlice(src: Buffer, from: number, to: number): boolean {
    const length = to - from;
    this.need(length + 1);
    const b = this.buffer;
    let p = this.pos + 1;
    let all = 0;
    for (let i = from; i < to; i++) {
      const c = src[i]!;
      all |= c;
      b[p++] = c;
    }
    if (all > 127 || length > 127) return false;
    b[this.pos] = length;
    this.pos = p;
    return true;
  }

  append(other: Bytes): void {
    this.need(other.pos);
    other.buffer.copy(this.buffer, this.pos, 0, other.pos);
    this.pos += other.pos;
  }

  raw(bytes: Uint8Array): void {
    this.need(bytes.length);
    this.buffer.set(bytes, this.pos);
    this.pos += bytes.length;
  }

  done(): Buffer {
    return this.buffer.subarray(0, this.pos);
  }
}

const NIBBLE = new Uint8Array(128);
for (let i = 0; i < 16; i++) {
  NIBBLE['0123456789abcdef'.charCodeAt(i)] = i;
  NIBBLE['0123456789ABCDEF'.charCodeAt(i)] = i;
}
