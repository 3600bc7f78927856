/**
 * A 64-bit content hash as two 32-bit lanes. It tells versions of one span apart and picks a winner between two that are otherwise equal;
 * it is no defence against somebody who wants two versions to collide (they would only hide their own correction).
 */
export class ContentHash {
  hi = 0;
  lo = 0;

  reset(): void {
    this.hi = 0x243f6a88;
    this.lo = 0x85a308d3;
  }

  /** Adds a value that stands under a key; the order of calls does not matter. */
  add(keyHash: number, valueHash: number): void {
    const mixed = Math.imul(keyHash ^ Math.imul(valueHash, 0x9e3779b1), 0x85ebca6b);
    this.lo = (this.lo + (mixed ^ (mixed >>> 13))) | 0;
    const other = Math.imul(valueHash ^ Math.imul(keyHash, 0xc2b2ae35), 0x27d4eb2f);
    this.hi = (this.hi + (other ^ (other >>> 15))) | 0;
  }

  addText(keyHash: number, text: string): void {
    this.add(keyHash, hashText(text));
  }
}

export function hashBytes(bytes: Uint8Array, from: number, length: number): number {
  let h = 0x811c9dc5 ^ length;
  for (let i = from, end = from + length; i < end; i++) h = Math.imul(h ^ bytes[i]!, 0x01000193);
  return h ^ (h >>> 15);
}

export function hashText(text: string): number {
  let h = 0x811c9dc5 ^ text.length;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h ^ (h >>> 15);
}

const doubles = new Float64Array(1);
const longs = new BigInt64Array(doubles.buffer);
const words = new Int32Array(doubles.buffer);

export function hashNumber(value: number): number {
  doubles[0] = value;
  return hashWords();
}

/** All 64 bits: nanoseconds since the epoch have more digits than a double. */
export function hashBigInt(value: bigint): number {
  longs[0] = value;
  return hashWords();
}

function hashWords(): number {
  return Math.imul(words[0]! ^ Math.imul(words[1]!, 0x9e3779b1), 0x85ebca6b);
}
