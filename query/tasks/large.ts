import type { Context } from '../context.ts';
import { readTexts } from '../messages/texts.ts';

/** What stands in a row for a value that is too large for it: a text of its own, by hash. */
const MARK = /^\0text:([0-9a-f]{32})$/;

interface WithValues {
  attributes: Record<string, string>;
  events: string;
  links: string;
}

/** The row with the values that are kept apart from it in their places. One whose text is gone is left out. */
export async function withLargeValues<R extends WithValues>(context: Context, row: R): Promise<R> {
  const hashes = [...Object.values(row.attributes), row.events, row.links].flatMap((value) => hashOf(value) ?? []);
  if (hashes.length === 0) return row;
  const texts = await readTexts(context, hashes);
  const whole = (value: string): string | undefined => {
    const hash = hashOf(value);
    return hash === undefined ? value : texts.get(hash);
  };
  const attributes = Object.entries(row.attributes).flatMap(([key, value]) => {
    const found = whole(value);
    return found === undefined ? [] : [[key, found] as const];
  });
  return { ...row, attributes: Object.fromEntries(attributes), events: whole(row.events) ?? '', links: whole(row.links) ?? '' };
}

/** As the store writes it: a decimal number. */
function hashOf(value: string): string | undefined {
  const hex = MARK.exec(value)?.[1];
  return hex === undefined ? undefined : BigInt(`0x${hex}`).toString();
}
