import type { Context } from '../context.ts';
import type { Facets } from '../contract/index.ts';
import type { RunFilters } from '../http/params.ts';
import { matchesAnnounced } from '../runs/announced.ts';
import { condition, conditions, rowConditions, shelf } from '../runs/conditions.ts';
import { type LiveNow, readLive } from '../runs/read.ts';
import { clock, rowsSince, startedSince, totals } from '../runs/totals.ts';
import { search } from '../search/search.ts';
import { fill, sql } from '../sql.ts';
import type { Figure } from '../values.ts';

const FACETS = sql('facets/facets');

/** Values of one facet that are told. */
const TOP = 100;

type Facet = keyof Facets;
type Row = Record<Facet, [value: string, count: Figure][]>;
/** Facets are filters, too. */
const FILTERS = ['status', 'feature', 'model', 'provider', 'user', 'tag', 'cost', 'starred'] as const;

/** Values of the runs that pass the filters, with their numbers. */
export async function readFacets(context: Context, asked: RunFilters): Promise<Facets> {
  const { filters } = await search(context, asked);
  const live = await readLive(context);
  const { status: _s, feature: _f, model: _m, provider: _p, user: _u, tag: _t, cost: _c, starred: _x, ...others } = filters;
  const { rows, whole } = await rowsSince(context, filters.from);
  const run = totals(rows, rowConditions(others));
  const base = conditions(others);
  const where = [base.where, shelf(filters.archived), ...(whole ? [] : [startedSince])].join(' AND ');
  const passes = Object.fromEntries(FILTERS.map((name) => [name, condition(name, filters)]));
  const [row] = await context.store.query<Row>(fill(FACETS, { ...passes, totals: run.text, where }), {
    ...run.params,
    ...conditions(filters).params,
    ...clock(context.now(), live.running),
    project: context.project,
    top: TOP,
  });
  return withAnnounced(toFacets(row), filters, live, context.now());
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

/** Runs that are announced and not booked are in the list, so they count here too. They have no model, provider or amount yet. */
function withAnnounced(facets: Facets, filters: RunFilters, { unbooked }: LiveNow, now: number): Facets {
  for (const run of unbooked) {
    const values: Partial<Record<Facet, readonly string[]>> = {
      status: ['running'],
      feature: [run.feature],
      user: run.userId ? [run.userId] : [],
      tag: [...new Set(run.tags)],
      starred: [String(run.starred)],
    };
    for (const [facet, here] of Object.entries(values) as [Facet, readonly string[]][])
      if (matchesAnnounced(run, { ...filters, [facet]: undefined }, now)) for (const value of here) add(facets[facet], value);
  }
  if (unbooked.length > 0) for (const values of Object.values(facets)) values.sort(byCount);
  return facets;
}

type Value = Facets[Facet][number];

/** The order of facets.sql. */
const byCount = (a: Value, b: Value) => b.count - a.count || (a.value < b.value ? -1 : 1);

function add(values: Value[], value: string): void {
  const found = values.find((one) => one.value === value);
  if (found) found.count += 1;
  else values.push({ value, count: 1 });
}
