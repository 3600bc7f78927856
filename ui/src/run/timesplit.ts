import type { Kind } from '../../../query/contract/index.ts';
import { type Interval, intervalOf, type Timed, unionOf } from './timescale.ts';

export interface TimeSplit {
  /** Milliseconds a model, a tool or something else was at work; where several were, the first of these counts. */
  models: number;
  tools: number;
  other: number;
  /** Inside a task, but in none of its parts. */
  unaccounted: number;
  /** Between tasks, when nothing ran: the user was thinking, or came back another day. */
  idle: number;
}

const RANK: Record<Kind, 0 | 1 | 2 | null> = { llm: 0, embedding: 0, tool: 1, retrieval: 1, step: 2, other: 2, agent: null };

export type SplitTask = Timed & { taskId: string; traceId: string; parentTaskId: string | null; kind: Kind };

/** Where the time went: every instant from first start to last end is given to one of five, so the parts add up. */
export function timeSplit(tasks: readonly SplitTask[]): TimeSplit {
  const containers = new Set(tasks.flatMap(({ traceId, parentTaskId }) => (parentTaskId === null ? [] : [`${traceId}/${parentTaskId}`])));
  const byRank: [Interval[], Interval[], Interval[]] = [[], [], []];
  for (const task of tasks) {
    const rank = RANK[task.kind];
    const isContainer = containers.has(`${task.traceId}/${task.taskId}`);
    if (rank !== null && !(isContainer && rank === 2)) byRank[rank].push(intervalOf(task));
  }
  const [models, tools, other] = [byRank[0], [...byRank[0], ...byRank[1]], byRank.flat()].map((intervals) =>
    lengthOf(unionOf(intervals)),
  ) as [number, number, number];
  const all = unionOf(tasks.map(intervalOf));
  const busy = lengthOf(all);
  const whole = (all.at(-1)?.end ?? 0) - (all[0]?.start ?? 0);
  return { models, tools: tools - models, other: other - tools, unaccounted: busy - other, idle: whole - busy };
}

function lengthOf(union: readonly Interval[]): number {
  return union.reduce((sum, { start, end }) => sum + end - start, 0);
}
