import type { Facets } from '../../../query/contract/index.ts';
import { noFilters, type RunFilters, type RunsSearch } from '../url/runs-search.ts';

/** A named set of filters. It is nothing but an address, so it can be changed and shared like any other. */
export interface View {
  name: string;
  title: string;
  filters: RunFilters;
  sort?: RunsSearch['sort'];
}

const EXPENSIVE_USD = '0.10';
const SLOW_MS = 30_000;
/** Runs whose cost lacks something; in the order of an address. */
export const NOT_WHOLLY_KNOWN: NonNullable<RunFilters['cost']> = ['partly unknown', 'unknown'];

/** The views there are. */
export const VIEWS: readonly View[] = [
  { name: 'All', title: 'Every run in the range', filters: {} },
  { name: 'Errors', title: 'Runs that failed', filters: { status: ['failed'] } },
  { name: 'Expensive', title: 'Runs of $0.10 and more, the most expensive first', filters: { minCost: EXPENSIVE_USD }, sort: '-cost' },
  { name: 'Slow', title: 'Runs of 30 seconds and more, the slowest first', filters: { minDurationMs: SLOW_MS }, sort: '-durationMs' },
  { name: 'Starred', title: 'Runs with a star', filters: { starred: true } },
  { name: 'Cost unknown', title: 'Runs with calls whose cost is not known', filters: { cost: NOT_WHOLLY_KNOWN } },
];

/** The address of a view: its filters and nothing of the ones before. */
export function viewSearch(view: View): RunsSearch {
  return { ...noFilters(), ...view.filters, sort: view.sort };
}

export function isView(view: View, filters: RunFilters): boolean {
  return JSON.stringify(sorted(view.filters)) === JSON.stringify(sorted(filters));
}

function sorted(filters: RunFilters): [string, unknown][] {
  return Object.entries(filters)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The runs under the current filters. A status filter is left out of its own facet, so its values are picked here. */
export function runCount(facets: Facets, filters: RunFilters): number {
  const wanted: readonly string[] | undefined = filters.status;
  return facets.status.filter(({ value }) => !wanted || wanted.includes(value)).reduce((sum, { count }) => sum + count, 0);
}

/** What the facets of the whole range already say about a view; null where only a question of its own tells. */
export function viewCount({ filters }: View, facets: Facets): number | null {
  const pick = (values: Facets['status'], wanted: string) => values.find(({ value }) => value === wanted)?.count ?? 0;
  if (filters.status?.length === 1) return pick(facets.status, filters.status[0]!);
  if (filters.cost) return filters.cost.reduce((sum, value) => sum + pick(facets.cost, value), 0);
  if (filters.starred) return pick(facets.starred, 'true');
  return Object.keys(filters).length === 0 ? runCount(facets, {}) : null;
}
