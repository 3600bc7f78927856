import { z } from 'zod';
import type { Context } from '../context.ts';
import type { TaskList } from '../contract/index.ts';
import { notFound } from '../http/errors.ts';
import { whole } from '../http/params.ts';
import { findRow } from '../runs/detail.ts';
import { readLive } from '../runs/read.ts';
import type { RunRow } from '../runs/run.ts';
import { fill, sql } from '../sql.ts';
import { type TaskRow, toTask } from './task.ts';
import { depthFirst, type Node, nodeKey } from './tree.ts';

const SKELETON = sql('tasks/skeleton');
const ROWS = sql('tasks/rows');
const COLUMNS = sql('tasks/columns');

export const taskListQuery = z.strictObject({
  offset: whole(0, 1e9).default(0).describe('Tasks to pass over, in the order of the tree.'),
  limit: whole(1, 10_000).optional().describe('Tasks to answer at most. Without it: all of them.'),
});
export type TaskListQuery = z.output<typeof taskListQuery>;

/**
 * The tasks of a run in the order of its tree, or a window of that order.
 * @throws Refusal 404 where there is no such run
 */
export async function listTasks(context: Context, runId: string, query: TaskListQuery): Promise<TaskList> {
  const run = await findRow(context, runId);
  if (!run) return announcedOnly(context, runId);
  if (query.limit === undefined && query.offset === 0) {
    const rows = await readTasks(context, run);
    return { tasks: depthFirst(rows).map(toTask), total: rows.length };
  }
  const order = depthFirst(await context.store.query<Node>(SKELETON, ofRun(context, run)));
  const window = order.slice(query.offset, query.limit === undefined ? undefined : query.offset + query.limit);
  return { tasks: (await readSome(context, run, window)).map(toTask), total: order.length };
}

/** Every task of a run, by start. */
export function readTasks(context: Context, run: RunRow): Promise<TaskRow[]> {
  return context.store.query<TaskRow>(fill(ROWS, { columns: COLUMNS, which: '1' }), ofRun(context, run));
}

/** The given tasks of a run, in the order given. */
async function readSome(context: Context, run: RunRow, nodes: readonly Node[]): Promise<TaskRow[]> {
  if (nodes.length === 0) return [];
  const which = 'span_id IN (SELECT reinterpretAsUInt64(reverse(unhex(arrayJoin({spans:Array(String)})))))';
  const spans = [...new Set(nodes.map((node) => node.span))];
  const rows = await context.store.query<TaskRow>(fill(ROWS, { columns: COLUMNS, which }), { ...ofRun(context, run), spans });
  const byKey = new Map(rows.map((row) => [nodeKey(row), row]));
  return nodes.flatMap((node) => byKey.get(nodeKey(node)) ?? []);
}

/** What the statements on the tasks of a run bind. */
export function ofRun(context: Context, run: RunRow) {
  return { project: context.project, run: run.id, traces: run.trace_ids, seenFrom: `${run.first_day} 00:00:00` };
}

/** A run that has only been announced has no tasks yet. */
async function announcedOnly(context: Context, id: string): Promise<TaskList> {
  const { unbooked } = await readLive(context);
  if (unbooked.some((run) => run.runId === id || run.traceId === id)) return { tasks: [], total: 0 };
  throw notFound(`run ${id}`);
}
