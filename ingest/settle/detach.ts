import { AttributeTable } from '../decode/attributes.ts';
import type { AttributeView, Draft } from '../draft.ts';

/** What the objects of a table of its own take, beside its rows and bytes. */
const TABLE_BYTES = 600;

/**
 * Gives a draft attributes of its own, so that the request it came with can be forgotten. Without it a trace that grows for hours keeps every
 * request alive that brought it one span, each of them whole. What is kept as texts is not copied: it is stored already.
 */
export function detach(draft: Draft): void {
  const { table, from, to, skip } = draft.attributes;
  if (from === 0 && to === table.count && skip === null) return;
  draft.attributes = copyOf(draft.attributes);
}

function copyOf({ table, from, to, skip }: AttributeView): AttributeView {
  const rows: number[] = [];
  let size = 0;
  for (let i = from; i < to; i++) {
    if (skip?.has(i)) continue;
    rows.push(i);
    size += table.length[i]!;
  }
  const own = new AttributeTable(Buffer.allocUnsafeSlow(size), table.keyTable, rows.length);
  let at = 0;
  for (const i of rows) {
    const length = table.length[i]!;
    table.bytes.copy(own.bytes, at, table.from[i]!, table.from[i]! + length);
    own.push(table.keys[i]!, table.types[i]!, at, length, table.numbers[i]!);
    at += length;
  }
  own.shrunk = true;
  own.bytesPerSpan = size + rows.length * 21 + TABLE_BYTES;
  return { table: own, from: 0, to: own.count, skip: null };
}
