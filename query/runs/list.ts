import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Run, type RunList, type RunSort, runSort } from '../contract/index.ts';
import { type RunFilters, runFilters, whole } from '../http/params.ts';
import { type Searched, search } from '../search/search.ts';
import { fill, sql } from '../sql.ts';
import { nanos } from '../values.ts';
import { matchesAnnounced } from './announced.ts';
import { conditions, rowConditions, shelf } from './conditions.ts';
import { below, type Cursor, decodeCursor, encodeCursor, ORDER } from './cursor.ts';
import { type LiveNow, readLive, readRuns } from './read.ts';
import { announcedRun, type RunRow, toRun } from './run.ts';
import { clock, type Rows, totals } from './totals.ts';
import { windows } from './window.ts';

const PAGE = sql('runs/page');

export const runListQuery = runFilters.extend({
  sort: runSort.default('-startedAt').describe('Order, largest or newest first. Runs whose value is unknown come last.'),
  limit: whole(1, 200).default(50).describe('Runs on a page. The first page may have a few more: runs that are live and not booked yet.'),
  cursor: z.string().max(2000).optional().describe('The nextCursor of the page before; only with the same filters and sort.'),
});
export type RunListQuery = z.output<typeof runListQuery>;

interface Place {
  id: string;
  /** First start, as far as the rows that were read know. */
  started: string;
  sort_value: string;
}

/**
 * A page of runs with their whole-life totals.
 *
 * The page is found in as short a stretch as can hold it. A run that was resumed in it but began before it is not what it seems
 * there, so the totals of each run on the page are read over its whole life, and a run that turns out older is dropped: it has its place further down.
 */
export async function listRuns(asked: Context, query: RunListQuery): Promise<RunList> {
  const cursor = query.cursor === undefined ? undefined : decodeCursor(query.cursor, query.sort);
  // The lengths of runs that are going grow: all pages by length are of one moment, so that none slips from one page to another.
  const moment = query.sort === '-durationMs' ? (cursor?.asOf ?? asked.now()) : undefined;
  const context = moment === undefined ? asked : { ...asked, now: () => moment };
  const live = await readLive(context);
  const { found, more, cut } = await findPage(context, query, cursor, live);
  const runs = found.map(({ row }) => toRun(row, live.byId.get(row.id)));
  const last = found.at(-1);
  const nextCursor =
    more && last ? encodeCursor({ sort: query.sort, value: last.place.sort_value, runId: last.row.id, asOf: moment }) : null;
  return {
    runs: cursor ? runs : withAnnounced(runs, query, live, context.now()),
    nextCursor,
    ...(cut ? { searchCut: true as const } : {}),
  };
}

interface Page {
  found: { place: Place; row: RunRow }[];
  more: boolean;
  cut: boolean;
}

async function findPage(context: Context, query: RunListQuery, cursor: Cursor | undefined, live: LiveNow): Promise<Page> {
  // Only in the order by start do the newest days hold the first page.
  if (query.sort === '-startedAt') {
    const to = [query.to, cursor?.value].filter((time) => time !== undefined);
    for (const from of await windows(context, { from: query.from, to }, query.limit + 1)) {
      const page = await collect(context, { ...query, from }, cursor, live, 'full');
      if (page.more) return page;
    }
  }
  return collect(context, query, cursor, live, 'any');
}

/** The page within the range of the query; `more` when there is at least one run after it. Asked for a full page, it reads nothing of another. */
async function collect(
  context: Context,
  asked: RunListQuery,
  cursor: Cursor | undefined,
  live: LiveNow,
  wish: 'full' | 'any',
): Promise<Page> {
  const wanted = asked.limit + 1;
  const { filters: query, cut } = await search(context, asked);
  const found: Page['found'] = [];
  let after = cursor;
  for (;;) {
    const ask = wanted - found.length;
    const places = await readPlaces(context, query, after, live.running, ask);
    if (wish === 'full' && places.length < ask) return { found: [], more: false, cut };
    const ids = places.map((place) => place.id);
    const rows = new Map((await readRuns(context, ids, live.running)).map((row) => [row.id, row]));
    for (const place of places) {
      const row = rows.get(place.id);
      if (row?.first_start === place.started) found.push({ place, row });
    }
    const last = places.at(-1);
    if (found.length >= wanted || places.length < ask || !last) break;
    after = { sort: query.sort, value: last.sort_value, runId: last.id };
  }
  return { found: found.slice(0, query.limit), more: found.length > query.limit, cut };
}

function readPlaces(
  context: Context,
  query: RunListQuery & Searched,
  after: Cursor | undefined,
  running: readonly string[],
  limit: number,
) {
  const filters = conditions(query);
  const rows: Rows = query.from === undefined ? 'all' : { since: query.from };
  const { text, params } = totals(rows, rowConditions(query));
  const where = [filters.where, shelf(query.archived), ...(after ? [below(query.sort)] : [])].join(' AND ');
  const statement = fill(PAGE, { totals: text, where, order: ORDER[query.sort].by });
  return context.store.query<Place>(statement, {
    ...params,
    ...filters.params,
    ...clock(context.now(), running),
    ...(after ? { afterValue: after.value, afterId: after.runId } : {}),
    project: context.project,
    limit,
  });
}

/** The first page with the runs that are announced and not booked, in their place by start or length, or after all where the order is by amounts. */
function withAnnounced(booked: Run[], query: RunFilters & { sort: RunSort }, live: LiveNow, now: number): Run[] {
  const announced = live.unbooked.filter((run) => matchesAnnounced(run, query, now)).map((run) => announcedRun(run, now));
  if (announced.length === 0) return booked;
  const all = [...booked, ...announced];
  if (query.sort === '-startedAt') return all.sort((a, b) => Number(nanos(b.startedAt) - nanos(a.startedAt)));
  return query.sort === '-durationMs' ? all.sort((a, b) => b.durationMs - a.durationMs) : all;
}
