import { formatDuration } from '../format/duration.ts';
import { formatMoney } from '../format/money.ts';
import { formatInt } from '../format/numbers.ts';
import { LIST_FILTERS, type RunFilters, type RunsSearch, toggled } from '../url/runs-search.ts';

export interface FilterChip {
  label: string;
  /** What lifts it. */
  without: RunsSearch;
}

/** The filters in force, each as a few words and what lifts it. */
export function chipsOf(filters: RunFilters): FilterChip[] {
  const chips: FilterChip[] = LIST_FILTERS.flatMap((name) =>
    (filters[name] ?? []).map((value) => ({ label: `${name} ${value || 'not set'}`, without: { [name]: toggled(filters[name], value) } })),
  );
  if (filters.q !== undefined) chips.push({ label: `“${filters.q}”`, without: { q: undefined } });
  if (filters.starred) chips.push({ label: 'starred', without: { starred: undefined } });
  if (filters.archived) chips.push({ label: 'archived', without: { archived: undefined } });
  if (filters.minCost !== undefined) chips.push({ label: `cost ≥ ${formatMoney(filters.minCost)}`, without: { minCost: undefined } });
  if (filters.minTokens !== undefined) chips.push({ label: `tokens ≥ ${formatInt(filters.minTokens)}`, without: { minTokens: undefined } });
  if (filters.minDurationMs !== undefined) {
    chips.push({ label: `duration ≥ ${formatDuration(filters.minDurationMs, 0)}`, without: { minDurationMs: undefined } });
  }
  return chips;
}
