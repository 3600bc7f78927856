import { z } from 'zod';
import type { Context } from '../context.ts';
import type { Place, Task, TaskList } from '../contract/index.ts';
import { notFound } from '../http/errors.ts';
import { whole } from '../http/params.ts';
import { findAnnounced, findRow } from '../runs/detail.ts';
import { readLive } from '../runs/read.ts';
import type { RunRow } from '../runs/run.ts';
import { fill, sql } from '../sql.ts';
import { type Forest, siblingIndexes, windowOf } from './forest.ts';
import { Skeleton } from './skeleton.ts';
import { type TaskRow, toTask } from './task.ts';
import { depthFirst, nodeKey } from './tree.ts';

const SKELETON = sql('tasks/skeleton');
const ROWS = sql('tasks/rows');
const COLUMNS = sql('tasks/columns');

/** Tasks in one answer. */
const MOST = 10_000;
/** Where a larger run is asked for from its first task to its last, it is told by start: nobody reads such a tree from top to bottom. */
const LARGEST_TREE = 100_000;

const taskRef = z.string().regex(/^[0-9a-fA-F]{32}:[0-9a-fA-F]{16}$/, 'expected <traceId>:<taskId>');
const ref = (value: string) => {
  const [trace, span] = value.toLowerCase().split(':') as [string, string];
  return { trace, span };
};

export const taskListQuery = z.strictObject({
  offset: whole(0, 1e9).default(0).describe('Tasks to pass over, in the order of the answer.'),
  limit: whole(1, MOST).default(MOST).describe('Tasks to answer at most.'),
  parent: z
    .union([z.literal('root'), taskRef])
    .optional()
    .describe('Answer the part of the tree below this task, as <traceId>:<taskId>, or below nobody: root.'),
  levels: whole(1, 1_000_000).default(1).describe('How deep the part of the tree goes. Only with parent.'),
  at: taskRef.optional().describe('A task as <traceId>:<taskId>: the answer says which tasks to open to see it. Only with parent.'),
});
export type TaskListQuery = z.output<typeof taskListQuery>;

/**
 * The tasks of a run in the order of its tree, or a window of that order, or a part of the tree.
 * @throws Refusal 404 where there is no such run, or no such task in it to be the parent
 */
export async function listTasks(context: Context, runId: string, query: TaskListQuery): Promise<TaskList> {
  const run = await findRow(context, runId);
  if (!run) return announcedOnly(context, runId);
  const list = await tasksOf(context, run, query);
  const found = list.order === 'tree' ? list.total : query.offset + list.tasks.length;
  const gone = list.order === 'tree' ? found < Number(run.n_tasks) : found === 0;
  return gone && mayExpire(run.first_day, context.now()) ? { ...list, expired: true } : list;
}

/** Retention leaves this month and the one before alone: what is missing there is on its way. */
function mayExpire(firstDay: string, now: number): boolean {
  const date = new Date(now);
  return Date.parse(firstDay) < Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - 1, 1);
}

async function tasksOf(context: Context, run: RunRow, query: TaskListQuery): Promise<TaskList> {
  const { offset, limit } = query;
  if (query.parent !== undefined) return branch(context, run, query as TaskListQuery & { parent: string });
  const total = Number(run.n_tasks);
  if (total > LARGEST_TREE) return { tasks: (await readRows(context, run, { offset, limit })).map(toTask), total, order: 'start' };
  if (offset === 0 && limit >= total) {
    const rows = depthFirst(await readRows(context, run, { offset: 0, limit: LARGEST_TREE }));
    return { tasks: rows.slice(0, limit).map(toTask), total: rows.length, order: 'tree' };
  }
  const skeleton = await readSkeleton(context, run);
  const places = Array.from(skeleton.forest.order.subarray(offset, offset + limit));
  return { tasks: [...(await readTasks(context, run, skeleton, places)).values()], total: skeleton.size, order: 'tree' };
}

/** A part of the tree with what lies below each of its tasks. */
async function branch(context: Context, run: RunRow, query: TaskListQuery & { parent: string }): Promise<TaskList> {
  const skeleton = await readSkeleton(context, run);
  const placeOf = (text: string) => skeleton.find(ref(text).trace, ref(text).span);
  const below = query.parent === 'root' ? -1 : placeOf(query.parent);
  if (below < 0 && query.parent !== 'root') throw notFound(`task ${query.parent} of run ${run.id}`);
  const { places, matched } = windowOf(skeleton.forest, { below, levels: query.levels }, query.offset, query.limit);
  const tasks = await readTasks(context, run, skeleton, places);
  const failedBelow = skeleton.failedBelow();
  const end = query.offset + places.length;
  return {
    tasks: [...tasks.values()],
    total: skeleton.size,
    order: 'tree',
    branch: {
      places: [...tasks.keys()].map((place) => standing(skeleton.forest, failedBelow, place)),
      matched,
      nextOffset: places.length > 0 && end < matched ? end : null,
      ...pathTo(skeleton, query.at === undefined ? -1 : placeOf(query.at)),
    },
  };
}

function standing(forest: Forest, failedBelow: Int32Array, place: number): Place {
  return {
    level: forest.level[place]!,
    children: forest.children[place]!,
    descendants: forest.descendants[place]!,
    failedBelow: failedBelow[place]!,
  };
}

/** The way from a root down to a task, and where each step stands among its siblings; nothing for a task that is not in the run (-1). */
function pathTo(skeleton: Skeleton, place: number): { path: { traceId: string; taskId: string }[]; indexes: number[] } {
  if (place < 0) return { path: [], indexes: [] };
  const line = [place];
  for (let up = skeleton.forest.parent[place]!; up >= 0; up = skeleton.forest.parent[up]!) line.push(up);
  line.reverse();
  const among = siblingIndexes(skeleton.forest);
  return {
    path: line.slice(0, -1).map((step) => ({ traceId: skeleton.trace(step), taskId: skeleton.span(step) })),
    indexes: line.map((step) => among[step]!),
  };
}

async function readSkeleton(context: Context, run: RunRow): Promise<Skeleton> {
  const [row] = await context.store.query<{ nodes: string; failures: string }>(SKELETON, ofRun(context, run));
  return new Skeleton(row ?? { nodes: '', failures: '' });
}

/** Tasks of a run by start. */
function readRows(context: Context, run: RunRow, window: { offset: number; limit: number }): Promise<TaskRow[]> {
  return context.store.query<TaskRow>(fill(ROWS, { columns: COLUMNS, which: '1' }), { ...ofRun(context, run), ...window });
}

/** The tasks at the given places of a run, by place and in the order given. */
async function readTasks(context: Context, run: RunRow, skeleton: Skeleton, places: readonly number[]): Promise<Map<number, Task>> {
  if (places.length === 0) return new Map();
  const nodes = places.map((place) => ({ place, span: skeleton.span(place), trace: skeleton.trace(place) }));
  const which = 'span_id IN (SELECT reinterpretAsUInt64(reverse(unhex(arrayJoin({spans:Array(String)})))))';
  const spans = [...new Set(nodes.map((node) => node.span))];
  const traces = [...new Set(nodes.map((node) => node.trace))];
  const bound = { ...ofRun(context, run), traces, spans, offset: 0, limit: LARGEST_TREE };
  const rows = await context.store.query<TaskRow>(fill(ROWS, { columns: COLUMNS, which }), bound);
  const byKey = new Map(rows.map((row) => [nodeKey(row), row]));
  return new Map(nodes.flatMap((node) => (byKey.has(nodeKey(node)) ? [[node.place, toTask(byKey.get(nodeKey(node))!)]] : [])));
}

/** What the statements on the tasks of a run bind: its traces, and the stretch of time in which it was booked. */
export function ofRun(context: Context, run: RunRow) {
  return { project: context.project, run: run.id, traces: run.trace_ids, seenFrom: `${run.first_day} 00:00:00`, seenTo: run.last_news };
}

/** A run that has only been announced has no tasks yet. */
async function announcedOnly(context: Context, id: string): Promise<TaskList> {
  if (findAnnounced(await readLive(context), id)) return { tasks: [], total: 0, order: 'tree' };
  throw notFound(`run ${id}`);
}
