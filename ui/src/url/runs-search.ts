import * as z from 'zod/mini';
import type { Feature, RunSort, RunStatus } from '../../../query/contract/index.ts';
import { amount, count, flag, text, texts, word, words } from './fields.ts';
import { parseRange, type RangeSearch } from './range.ts';

export const STATUSES = ['completed', 'failed', 'cancelled', 'stalled', 'running'] as const satisfies readonly RunStatus[];
export const FEATURES = ['prompt', 'chat', 'applet', 'workflow', 'cockpit', 'custom'] as const satisfies readonly Feature[];
/** How far the cost of a run is known. */
export const COSTS = ['known', 'partly unknown', 'unknown'] as const;
export const SORTS = ['-startedAt', '-cost', '-tokens', '-durationMs', '-tasks'] as const satisfies readonly RunSort[];
export const DEFAULT_SORT: RunSort = '-startedAt';

const filterFields = {
  status: words(STATUSES),
  feature: words(FEATURES),
  model: texts,
  provider: texts,
  user: texts,
  tag: texts,
  source: texts,
  session: texts,
  cost: words(COSTS),
  starred: flag,
  archived: flag,
  q: text,
  minCost: amount,
  minTokens: count,
  minDurationMs: count,
};
const schema = z.object({ ...filterFields, sort: word(SORTS), peek: text });
const filterSchema = z.object(filterFields);

/** What narrows the list: everything in the address but range, order and peek. */
export type RunFilters = z.infer<typeof filterSchema>;
export type RunsSearch = RangeSearch & RunFilters & { sort?: RunSort | undefined; peek?: string | undefined };

/** The address of the runs page, with defaults left out. Every field is there, if only as undefined. */
export function parseRunsSearch(search: Record<string, unknown>): RunsSearch {
  const { sort, ...rest } = schema.parse(search);
  return { ...noFilters(), peek: undefined, ...parseRange(search), ...rest, sort: sort === DEFAULT_SORT ? undefined : sort };
}

/** The filters of an address. */
export function filtersOf(search: RunsSearch): RunFilters {
  return withoutUnset(filterSchema.parse(search));
}

export const LIST_FILTERS = ['status', 'feature', 'model', 'provider', 'user', 'tag', 'source', 'session', 'cost'] as const;
export type ListFilter = (typeof LIST_FILTERS)[number];

/** One value of a list ticked or unticked. */
export function toggled(values: readonly string[] | undefined, value: string): string[] | undefined {
  const next = values?.includes(value) ? values.filter((item) => item !== value) : [...(values ?? []), value].sort();
  return next.length > 0 ? next : undefined;
}

/** Every filter unset, to be spread into a new address. */
export function noFilters(): Record<keyof RunFilters, undefined> {
  return Object.fromEntries(Object.keys(filterFields).map((key) => [key, undefined])) as Record<keyof RunFilters, undefined>;
}

function withoutUnset<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T;
}
