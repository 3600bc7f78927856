import { type InfiniteData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo } from 'react';
import type { Run, RunList, RunSort } from '../../../query/contract/index.ts';
import { useLive } from '../api/live.tsx';
import type { Scope } from '../api/params.ts';
import { PAGE_SIZE, runHeadQuery, runListQuery } from '../api/runs.ts';
import { DEFAULT_SORT } from '../url/runs-search.ts';
import { refreshed, rowsOf, waiting } from './merge.ts';

export interface RunListState {
  rows: Run[];
  /** New runs that are not in the list yet: `3`, `50+`, or nothing. */
  fresh: string;
  showFresh: () => void;
  /** The words looked for are in so many messages that more runs may hold them. */
  searchCut: boolean;
  query: ReturnType<typeof useInfiniteQuery<RunList, Error, InfiniteData<RunList>>>;
}

/** The list, page by page, with rows kept up to date and new runs held back until they are asked for. */
export function useRunList(scope: Scope, sort: RunSort): RunListState {
  const client = useQueryClient();
  const { state } = useLive();
  const options = runListQuery(scope, sort);
  const query = useInfiniteQuery(options);
  const head = useQuery({ ...runHeadQuery(scope, sort), enabled: state !== 'paused' && query.isSuccess && !query.isPlaceholderData });
  const first = head.data;

  const loaded = useMemo(() => rowsOf(query.data?.pages ?? []), [query.data]);
  const rows = useMemo(() => (first ? refreshed(loaded, first.runs) : loaded), [loaded, first]);
  const count = first && sort === DEFAULT_SORT ? waiting(loaded, first.runs) : 0;

  const showFresh = useCallback(() => {
    if (first) client.setQueryData<InfiniteData<RunList, string | null>>(options.queryKey, { pages: [first], pageParams: [null] });
  }, [client, first, options.queryKey]);

  // A list without rows has nothing that could jump.
  const empty = query.isSuccess && loaded.length === 0;
  useEffect(() => {
    if (empty && count > 0) showFresh();
  }, [empty, count, showFresh]);

  return {
    rows,
    fresh: count === 0 || empty ? '' : `${count}${count >= PAGE_SIZE ? '+' : ''}`,
    showFresh,
    searchCut: query.data?.pages.some(({ searchCut }) => searchCut) ?? false,
    query: query as RunListState['query'],
  };
}
