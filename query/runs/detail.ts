import type { Context } from '../context.ts';
import type { Run } from '../contract/index.ts';
import { notFound } from '../http/errors.ts';
import { sql } from '../sql.ts';
import { type LiveNow, readLive, readRuns } from './read.ts';
import { type AnnouncedRun, announcedRun, type RunRow, toRun } from './run.ts';

const OF_TRACE = sql('runs/of-trace');
const TRACE_ID = /^[0-9a-f]{32}$/i;

/**
 * One run, by its id or by the id of one of its traces.
 * @throws Refusal 404 where there is none, or its user deleted it
 */
export async function readRun(context: Context, id: string): Promise<Run> {
  const live = await readLive(context);
  const row = await findRow(context, id, live.running);
  if (row) return toRun(row, live.byId.get(row.id));
  const announced = findAnnounced(live, id);
  if (announced) return announcedRun(announced, context.now());
  throw notFound(`run ${id}`);
}

/** A run of which nothing is booked yet, by its id or by its trace id in any case. */
export function findAnnounced({ unbooked }: LiveNow, id: string): AnnouncedRun | undefined {
  const trace = id.toLowerCase();
  return unbooked.find((run) => run.runId === id || run.traceId === trace);
}

/** The booked totals of a run, by its id or by the id of one of its traces. */
export async function findRow(context: Context, id: string, running: readonly string[] = []): Promise<RunRow | undefined> {
  const [own] = await readRuns(context, [id], running);
  const row = own ?? (TRACE_ID.test(id) ? await rowOfTrace(context, id, running) : undefined);
  return row?.deleted ? undefined : row;
}

async function rowOfTrace(context: Context, trace: string, running: readonly string[]): Promise<RunRow | undefined> {
  const [run] = await context.store.query<{ id: string }>(OF_TRACE, { project: context.project, trace });
  if (!run) return undefined;
  const [row] = await readRuns(context, [run.id], running);
  return row;
}
