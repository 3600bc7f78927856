import type { AttributeTable } from '../decode/attributes.ts';
import type { Draft } from '../draft.ts';

/** What a span takes of its request, from which on copying what is needed of them costs less than keeping them. */
const WORTH_COPYING = 1500;

/**
 * Lets go of the requests that drafts came with, once their texts are journaled: what is remembered of a span is its attributes, and not the
 * prompts that came beside them. `drafts` must be all that anybody still reads of those requests.
 */
export function shrinkTables(drafts: Iterable<Draft>): void {
  const needed = new Map<AttributeTable, { rows: Uint8Array; spans: number }>();
  let last: AttributeTable | null = null;
  let found: { rows: Uint8Array; spans: number } | undefined;
  for (const { attributes } of drafts) {
    const { table, from, to, skip } = attributes;
    if (table.shrunk) continue;
    if (table.bytesPerSpan < WORTH_COPYING) {
      table.trim();
      continue;
    }
    if (table !== last) {
      found = needed.get(table);
      if (!found) {
        found = { rows: new Uint8Array(table.count), spans: 0 };
        needed.set(table, found);
      }
      last = table;
    }
    found!.spans++;
    for (let i = from; i < to; i++) if (skip === null || !skip.has(i)) found!.rows[i] = 1;
  }
  for (const [table, { rows, spans }] of needed) {
    table.shrink(rows);
    table.bytesPerSpan = Math.ceil((table.bytes.length + table.count * 21) / spans);
  }
}
