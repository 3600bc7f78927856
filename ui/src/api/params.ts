import { type Range, rangeBounds } from '../url/range.ts';
import type { RunFilters } from '../url/runs-search.ts';
import type { QueryParams } from './client.ts';

/** What a question about runs is asked with: a range that is resolved when the question is sent, and the filters. */
export interface Scope {
  range: Range;
  filters: RunFilters;
  /** Asks about the equally long range before this one. */
  before?: true;
}

export function scopeParams({ range, filters, before }: Scope, now = Date.now()): QueryParams {
  return { ...filters, ...(before ? boundsBefore(range, now) : rangeParams(range, now)) };
}

function boundsBefore(range: Range, now: number): { from: string; to: string } {
  const { from, to } = rangeBounds(range, now);
  return { from: new Date(from - (to - from)).toISOString(), to: new Date(from).toISOString() };
}

/** A preset has no end: what arrives meanwhile belongs to it. */
export function rangeParams(range: Range, now = Date.now()): { from: string; to?: string } {
  const { from, to } = rangeBounds(range, now);
  const start = new Date(from).toISOString();
  return range.kind === 'fixed' ? { from: start, to: new Date(to).toISOString() } : { from: start };
}
