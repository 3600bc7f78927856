import * as z from 'zod/mini';
import { text } from './fields.ts';
import { parseRange, type RangeSearch } from './range.ts';

const schema = z.object({ runId: text });

export type ChatSearch = RangeSearch & { runId?: string | undefined };

/** The address of a chat: the run it continues, or none for a new one. */
export function parseChatSearch(search: Record<string, unknown>): ChatSearch {
  const { runId } = schema.parse(search);
  return { ...parseRange(search), runId };
}
