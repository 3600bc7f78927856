import type { Context } from '../context.ts';
import type { LiveRun } from '../contract/index.ts';
import { fill, sql } from '../sql.ts';
import { nanos } from '../values.ts';
import type { AnnouncedRun, RunRow } from './run.ts';
import { clock, totals } from './totals.ts';

const BY_ID = sql('runs/by-id');
const MARKS = sql('runs/marks');

/** Whole-life totals of the named runs, deleted ones too, in no order. Runs whose every task was moved elsewhere are not among them. */
export async function readRuns(context: Context, ids: readonly string[], running: readonly string[]): Promise<RunRow[]> {
  if (ids.length === 0) return [];
  const { text, params } = totals({ ids });
  const bound = { ...params, ...clock(context.now(), running), project: context.project };
  const rows = await context.store.query<RunRow>(fill(BY_ID, { totals: text }), bound);
  return rows.filter((row) => Number(row.n_tasks) > 0);
}

/** Live runs, set against what is booked of them. */
export interface LiveNow {
  /** Booked runs that are going whatever their booked status says: statements bind it as {running}. */
  readonly running: readonly string[];
  /** Announced runs without a booked row that their user did not delete. */
  readonly unbooked: readonly AnnouncedRun[];
  readonly byId: ReadonlyMap<string, LiveRun>;
}

const FINISHED = new Set(['completed', 'failed', 'cancelled']);

/** A live run is going unless its books are closed; a new turn, in a trace that is not booked yet, opens them again. */
export async function readLive(context: Context): Promise<LiveNow> {
  const byId = new Map(context.live.runs().map((run) => [run.runId, run]));
  const rows = await readRuns(context, [...byId.keys()], []);
  const going = rows.filter((row) => {
    const live = byId.get(row.id);
    if (!FINISHED.has(row.booked_status)) return true;
    return live !== undefined && !row.trace_ids.includes(live.traceId) && nanos(live.startedAt) > nanos(row.last_end);
  });
  const booked = new Set(rows.map((row) => row.id));
  const unbooked = await withMarks(
    context,
    [...byId.values()].filter((run) => !booked.has(run.runId)),
  );
  return { running: going.map((row) => row.id), unbooked, byId };
}

interface MarkRow {
  id: string;
  starred: number;
  archived: number;
  deleted: number;
  new_name: string | null;
  new_tags: string | null;
}

/** A user may star or rename a run before anything of it is booked. */
async function withMarks(context: Context, runs: readonly LiveRun[]): Promise<AnnouncedRun[]> {
  if (runs.length === 0) return [];
  const rows = await context.store.query<MarkRow>(MARKS, { project: context.project, ids: runs.map((run) => run.runId) });
  const marks = new Map(rows.map((row) => [row.id, row]));
  return runs.flatMap((run) => {
    const mark = marks.get(run.runId);
    if (mark?.deleted) return [];
    return {
      ...run,
      name: mark?.new_name ?? run.name,
      tags: mark?.new_tags ? (JSON.parse(mark.new_tags) as string[]) : [],
      starred: mark?.starred === 1,
      archived: mark?.archived === 1,
    };
  });
}
