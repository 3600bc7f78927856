import { hash } from 'node:crypto';
import type { TextSlice } from '../draft.ts';

/**
 * The texts of a batch by content: 32 hex digits of SHA-256. A chat history that every call repeats is one text here and one row in the store.
 */
export class Texts {
  readonly slices = new Map<string, TextSlice>();
  bytes = 0;

  /** Adds bytes [from, to) and returns their reference. */
  put(bytes: Buffer, from: number, to: number): string {
    const ref = hash('sha256', bytes.subarray(from, to), 'hex').slice(0, 32);
    if (!this.slices.has(ref)) {
      this.slices.set(ref, { bytes, from, to });
      this.bytes += to - from;
    }
    return ref;
  }

  putText(text: string): string {
    const bytes = Buffer.from(text);
    return this.put(bytes, 0, bytes.length);
  }
}

/**
 * The elements of a JSON list, as ranges of its bytes, found without parsing them. null where it is not a list or not well formed
 * (a sender's length limit may have cut it). Elements are at most `limit`.
 */
export function splitJsonList(bytes: Uint8Array, from: number, to: number, limit: number): number[] | null {
  let i = skipSpace(bytes, from, to);
  if (bytes[i] !== 0x5b) return null;
  i = skipSpace(bytes, i + 1, to);
  if (bytes[i] === 0x5d) return [];
  const ranges: number[] = [];
  let start = i;
  let depth = 0;
  for (; i < to; i++) {
    const c = bytes[i]!;
    if (c === 0x22) {
      i = endOfString(bytes, i + 1, to);
      if (i < 0) return null;
    } else if (c === 0x7b || c === 0x5b) depth++;
    else if (c === 0x7d) depth--;
    else if ((c === 0x5d && depth === 0) || (c === 0x2c && depth === 0)) {
      const end = trimEnd(bytes, start, i);
      if (end === start) return null;
      ranges.push(start, end);
      if (c === 0x5d) return skipSpace(bytes, i + 1, to) === to ? ranges : null;
      if (ranges.length >= limit * 2) return null;
      start = skipSpace(bytes, i + 1, to);
      i = start - 1;
    } else if (c === 0x5d) depth--;
  }
  return null;
}

function endOfString(bytes: Uint8Array, from: number, to: number): number {
  for (let i = from; i < to; i++) {
    const c = bytes[i]!;
    if (c === 0x5c) i++;
    else if (c === 0x22) return i;
  }
  return -1;
}

function skipSpace(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  while (i < to && bytes[i]! <= 0x20) i++;
  return i;
}

function trimEnd(bytes: Uint8Array, from: number, to: number): number {
  let i = to;
  while (i > from && bytes[i - 1]! <= 0x20) i--;
  return i;
}
