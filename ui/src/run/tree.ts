import type { Task } from '../../../query/contract/index.ts';
import { refText } from './task-ref.ts';

export interface TreeRow {
  task: Task;
  depth: number;
  hasChildren: boolean;
  /** Its neighbour before has the same name and failed. */
  isRetry: boolean;
  /** How many tasks lie below, and how many of them failed: said where the row is closed and its run is shown in parts. */
  below?: { tasks: number; failed: number };
}

/** The rows of the tree in the order they came in, depth first, with how deep each lies. */
export function treeOf(tasks: readonly Task[]): TreeRow[] {
  const depths = new Map<string, number>();
  const parents = new Set<string>();
  const key = (traceId: string, taskId: string) => `${traceId}/${taskId}`;
  for (const { traceId, taskId, parentTaskId } of tasks) {
    const above = parentTaskId === null ? undefined : depths.get(key(traceId, parentTaskId));
    if (above !== undefined && parentTaskId !== null) parents.add(key(traceId, parentTaskId));
    depths.set(key(traceId, taskId), above === undefined ? 0 : above + 1);
  }
  const retries = retriesOf(tasks);
  return tasks.map((task) => ({
    task,
    depth: depths.get(key(task.traceId, task.taskId)) ?? 0,
    hasChildren: parents.has(key(task.traceId, task.taskId)),
    isRetry: retries.has(task),
  }));
}

/** Tasks that try again what failed just before beside them. */
function retriesOf(tasks: readonly Task[]): ReadonlySet<Task> {
  const retries = new Set<Task>();
  const before = new Map<string, Task>();
  for (const task of tasks) {
    const siblings = `${task.traceId}/${task.parentTaskId ?? ''}`;
    const last = before.get(siblings);
    if (last?.status === 'failed' && last.name === task.name) retries.add(task);
    before.set(siblings, task);
  }
  return retries;
}

/** The rows to be seen when some are folded: whatever lies deeper than a folded row is gone until the next row that does not. */
export function visibleRows(rows: readonly TreeRow[], folded: ReadonlySet<string>): TreeRow[] {
  const visible: TreeRow[] = [];
  let hiddenBelow = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    if (row.depth > hiddenBelow) continue;
    hiddenBelow = folded.has(row.task.taskId) ? row.depth : Number.POSITIVE_INFINITY;
    visible.push(row);
  }
  return visible;
}

/** The row above that this one hangs on. */
export function parentRow(rows: readonly TreeRow[], index: number): TreeRow | undefined {
  const depth = rows[index]?.depth ?? 0;
  return rows.slice(0, index).findLast((row) => row.depth < depth);
}

export function ancestorsOf(tasks: readonly Task[], task: Task): Task[] {
  const byId = new Map(tasks.filter(({ traceId }) => traceId === task.traceId).map((each) => [each.taskId, each]));
  const ancestors: Task[] = [];
  for (let parent = byId.get(task.parentTaskId ?? ''); parent && !ancestors.includes(parent); parent = byId.get(parent.parentTaskId ?? ''))
    ancestors.push(parent);
  return ancestors;
}

/** Which task to show first: the one asked for, what made the run fail, the dearest call, the first. */
export function initialTask(tasks: readonly Task[], asked: string | undefined): Task | undefined {
  const wanted = tasks.find((task) => task.taskId === asked || refText(task) === asked);
  if (wanted) return wanted;
  if (tasks[0]?.status === 'failed')
    return tasks.findLast(({ status, counted }) => status === 'failed' && counted) ?? tasks.findLast(({ status }) => status === 'failed');
  const calls = tasks.filter(({ counted }) => counted);
  return (
    calls.reduce<Task | undefined>(
      (best, task) => (best === undefined || Number(task.cost ?? 0) > Number(best.cost ?? 0) ? task : best),
      undefined,
    ) ?? tasks[0]
  );
}
