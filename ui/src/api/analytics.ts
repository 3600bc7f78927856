import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Breakdown, Dimension, Facets, Measure, Series, Summary } from '../../../query/contract/index.ts';
import { intervalFor } from '../url/range.ts';
import { request } from './client.ts';
import { type Scope, scopeParams } from './params.ts';

const KEY = 'analytics';

export function summaryQuery(scope: Scope) {
  return queryOptions({
    queryKey: [KEY, 'summary', scope],
    queryFn: ({ signal }) => request<Summary>('/api/analytics/summary', { query: scopeParams(scope), signal }),
    placeholderData: keepPreviousData,
  });
}

/** A measure over time, in at most `buckets` buckets of a readable length. */
export function seriesQuery(scope: Scope, measure: Measure, by: Dimension, buckets: number) {
  const interval = intervalFor(scope.range, buckets);
  return queryOptions({
    queryKey: [KEY, 'series', scope, measure, by, interval],
    queryFn: ({ signal }) => request<Series>('/api/analytics/series', { query: { ...scopeParams(scope), measure, by, interval }, signal }),
    placeholderData: keepPreviousData,
  });
}

export function breakdownQuery(scope: Scope, by: Dimension) {
  return queryOptions({
    queryKey: [KEY, 'breakdown', scope, by],
    queryFn: ({ signal }) => request<Breakdown>('/api/analytics/breakdown', { query: { ...scopeParams(scope), by }, signal }),
    placeholderData: keepPreviousData,
  });
}

export function facetsQuery(scope: Scope) {
  return queryOptions({
    queryKey: ['facets', scope],
    queryFn: ({ signal }) => request<Facets>('/api/facets', { query: scopeParams(scope), signal }),
    placeholderData: keepPreviousData,
  });
}
