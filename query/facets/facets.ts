import type { Context } from '../context.ts';
import type { Facets } from '../contract/index.ts';
import type { RunFilters } from '../http/params.ts';
import { matchesAnnounced } from '../runs/announced.ts';
import { condition, conditions, shelf } from '../runs/conditions.ts';
import { type LiveNow, readLive } from '../runs/read.ts';
import { clock, startedSince, totals } from '../runs/totals.ts';
import { fill, sql } from '../sql.ts';
import type { Figure } from '../values.ts';

const FACETS = sql('facets/facets');

/** Values of one facet that are told. */
const TOP = 100;

type Facet = keyof Facets;
type Row = Record<Facet, [value: string, count: Figure][]>;
/** Facets that are filters too. How far a cost is known is not. */
const FILTERS = ['status', 'feature', 'model', 'provider', 'user', 'tag', 'starred'] as const;

/** Values of the runs that pass the filters, with their numbers. */
export async function readFacets(context: Context, filters: RunFilters): Promise<Facets> {
  const live = await readLive(context);
  const { status: _s, feature: _f, model: _m, provider: _p, user: _u, tag: _t, starred: _x, ...others } = filters;
  const run = totals(filters.from === undefined ? 'all' : { since: filters.from });
  const base = conditions(others);
  const where = [base.where, shelf(filters.archived), ...startedSince(filters.from)].join(' AND ');
  const passes = Object.fromEntries(FILTERS.map((name) => [name, condition(name, filters)]));
  const [row] = await context.store.query<Row>(fill(FACETS, { ...passes, totals: run.text, where }), {
    ...run.params,
    ...conditions(filters).params,
    ...clock(context.now(), live.running),
    project: context.project,
    top: TOP,
  });
  return withAnnounced(toFacets(row), filters, live);
}

function toFacets(row: Row | undefined): Facets {
  const values = (facet: Facet) => (row?.[facet] ?? []).map(([value, count]) => ({ value, count: Number(count) }));
  return {
    status: values('status'),
    feature: values('feature'),
    model: values('model'),
    provider: values('provider'),
    user: values('user'),
    tag: values('tag'),
    cost: values('cost'),
    starred: values('starred'),
  };
}

/** Runs that are announced and not booked are in the list, so they count here too. */
function withAnnounced(facets: Facets, filters: RunFilters, { unbooked }: LiveNow): Facets {
  for (const run of unbooked) {
    if (matchesAnnounced(run, { ...filters, status: undefined })) add(facets.status, 'running');
    if (matchesAnnounced(run, { ...filters, feature: undefined })) add(facets.feature, run.feature);
    if (run.userId && matchesAnnounced(run, { ...filters, user: undefined })) add(facets.user, run.userId);
  }
  return facets;
}

function add(values: Facets[Facet], value: string): void {
  const found = values.find((one) => one.value === value);
  if (found) found.count += 1;
  else values.push({ value, count: 1 });
}
