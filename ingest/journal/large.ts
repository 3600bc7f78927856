import { hash } from 'node:crypto';
import type { Draft, TextSlice } from '../draft.ts';
import type { Detail } from './block.ts';

/** Bytes of an attribute, of the events or of the links of a span that stand in its row; what is larger is a text of its own. */
export const INLINE_BYTES = 4096;

/** What stands in the row instead: a character that no text begins with, a word, and the hash of the text. */
const MARK = '\0text:';

/**
 * Values too large for their row, since rows are read together and these one by one. They are stored as texts, once each, and as details
 * of their spans, which say who refers to them.
 */
export class LargeValues {
  #slices = new Map<string, TextSlice>();
  #details: Detail[] = [];

  /** Takes bytes [from, to) out of the row of `draft`. Returns what stands for them. */
  put({ traceId, spanId }: Draft, bytes: Buffer, from: number, to: number): string {
    const ref = hash('sha256', bytes.subarray(from, to), 'hex').slice(0, 32);
    this.#slices.set(ref, { bytes, from, to });
    this.#details.push({ traceId, spanId, at: 0n, side: 'value', ref, place: 0, first: false });
    return MARK + ref;
  }

  /** A text, or what stands for it. */
  putText(draft: Draft, text: string): string {
    if (text.length * 3 <= INLINE_BYTES) return text;
    const bytes = Buffer.from(text);
    return bytes.length <= INLINE_BYTES ? text : this.put(draft, bytes, 0, bytes.length);
  }

  /** All that was put since the last time. */
  take(): { slices: ReadonlyMap<string, TextSlice>; details: readonly Detail[] } {
    const taken = { slices: this.#slices, details: this.#details };
    this.#slices = new Map();
    this.#details = [];
    return taken;
  }
}
