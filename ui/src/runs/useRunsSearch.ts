import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import type { RunSort } from '../../../query/contract/index.ts';
import type { Scope } from '../api/params.ts';
import { toRange } from '../url/range.ts';
import { DEFAULT_SORT, filtersOf, type RunsSearch } from '../url/runs-search.ts';

export interface RunsAddress {
  search: RunsSearch;
  scope: Scope;
  sort: RunSort;
  /** Changes the address: a step one can go back from, or not while typing or stepping. */
  change: (patch: RunsSearch, options?: { replace?: boolean }) => void;
}

/** The runs page reads everything that narrows or orders it from its address, and writes it there. */
export function useRunsSearch(): RunsAddress {
  const search = useSearch({ from: '/runs' });
  const navigate = useNavigate({ from: '/runs' });
  const scope = useMemo<Scope>(() => ({ range: toRange(search), filters: filtersOf(search) }), [search]);
  const change = useCallback<RunsAddress['change']>(
    (patch, { replace = false } = {}) => void navigate({ search: (now) => ({ ...now, ...patch }), replace, resetScroll: false }),
    [navigate],
  );
  return { search, scope, sort: search.sort ?? DEFAULT_SORT, change };
}
