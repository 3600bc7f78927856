import * as z from 'zod/mini';
import { text, word } from './fields.ts';
import { parseRange, type RangeSearch } from './range.ts';

export const RUN_TABS = ['story', 'tasks', 'messages', 'cost', 'attributes', 'raw'] as const;
export type RunTab = (typeof RUN_TABS)[number];

const schema = z.object({ tab: word(RUN_TABS), task: text });

export type RunSearch = RangeSearch & { tab?: RunTab | undefined; task?: string | undefined };

/** The address of a run: which tab, and which task is selected. */
export function parseRunSearch(search: Record<string, unknown>): RunSearch {
  const { tab, task } = schema.parse(search);
  return { ...parseRange(search), tab: tab === 'story' ? undefined : tab, task };
}
