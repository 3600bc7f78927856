import { z } from 'zod';
import type { Context } from '../context.ts';
import type { TaskList } from '../contract/index.ts';
import { notFound } from '../http/errors.ts';
import { whole } from '../http/params.ts';
import { findAnnounced, findRow } from '../runs/detail.ts';
import { readLive } from '../runs/read.ts';
import type { RunRow } from '../runs/run.ts';
import { fill, sql } from '../sql.ts';
import { type TaskRow, toTask } from './task.ts';
import { depthFirst, type Node, nodeKey } from './tree.ts';

const SKELETON = sql('tasks/skeleton');
const ROWS = sql('tasks/rows');
const COLUMNS = sql('tasks/columns');

/** Tasks in one answer. */
const MOST = 10_000;
/** A larger run is told by start: nobody reads such a tree, and its order cannot be had without reading all of it. */
const LARGEST_TREE = 100_000;

export const taskListQuery = z.strictObject({
  offset: whole(0, 1e9).default(0).describe('Tasks to pass over, in the order of the answer.'),
  limit: whole(1, MOST).default(MOST).describe('Tasks to answer at most.'),
});
export type TaskListQuery = z.output<typeof taskListQuery>;

/**
 * The tasks of a run in the order of its tree, or a window of that order.
 * @throws Refusal 404 where there is no such run
 */
export async function listTasks(context: Context, runId: string, { offset, limit }: TaskListQuery): Promise<TaskList> {
  const run = await findRow(context, runId);
  if (!run) return announcedOnly(context, runId);
  const total = Number(run.n_tasks);
  if (total > LARGEST_TREE) return { tasks: (await readRows(context, run, { offset, limit })).map(toTask), total, order: 'start' };
  if (offset === 0 && limit >= total) {
    const rows = depthFirst(await readRows(context, run, { offset: 0, limit: LARGEST_TREE }));
    return { tasks: rows.slice(0, limit).map(toTask), total: rows.length, order: 'tree' };
  }
  const order = depthFirst(await context.store.query<Node>(SKELETON, ofRun(context, run)));
  return { tasks: (await readSome(context, run, order.slice(offset, offset + limit))).map(toTask), total: order.length, order: 'tree' };
}

/** Tasks of a run by start. */
function readRows(context: Context, run: RunRow, window: { offset: number; limit: number }): Promise<TaskRow[]> {
  return context.store.query<TaskRow>(fill(ROWS, { columns: COLUMNS, which: '1' }), { ...ofRun(context, run), ...window });
}

/** The given tasks of a run, in the order given. */
async function readSome(context: Context, run: RunRow, nodes: readonly Node[]): Promise<TaskRow[]> {
  if (nodes.length === 0) return [];
  const which = 'span_id IN (SELECT reinterpretAsUInt64(reverse(unhex(arrayJoin({spans:Array(String)})))))';
  const spans = [...new Set(nodes.map((node) => node.span))];
  const window = { offset: 0, limit: LARGEST_TREE };
  const rows = await context.store.query<TaskRow>(fill(ROWS, { columns: COLUMNS, which }), { ...ofRun(context, run), ...window, spans });
  const byKey = new Map(rows.map((row) => [nodeKey(row), row]));
  return nodes.flatMap((node) => byKey.get(nodeKey(node)) ?? []);
}

/** What the statements on the tasks of a run bind. */
export function ofRun(context: Context, run: RunRow) {
  return { project: context.project, run: run.id, traces: run.trace_ids, seenFrom: `${run.first_day} 00:00:00` };
}

/** A run that has only been announced has no tasks yet. */
async function announcedOnly(context: Context, id: string): Promise<TaskList> {
  if (findAnnounced(await readLive(context), id)) return { tasks: [], total: 0, order: 'tree' };
  throw notFound(`run ${id}`);
}
