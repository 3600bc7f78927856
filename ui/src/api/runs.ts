import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Conversation, Run, RunList, RunPatch, RunSort, TaskDetail, TaskList } from '../../../query/contract/index.ts';
import { request } from './client.ts';
import { type Scope, scopeParams } from './params.ts';

export const PAGE_SIZE = 50;

const runPath = (runId: string): string => `/api/runs/${encodeURIComponent(runId)}`;

/** The list, page by page with a cursor. */
export function runListQuery(scope: Scope, sort: RunSort) {
  return infiniteQueryOptions({
    queryKey: ['runs', 'list', scope, sort],
    queryFn: ({ pageParam, signal }) =>
      request<RunList>('/api/runs', { query: { ...scopeParams(scope), sort, limit: PAGE_SIZE, cursor: pageParam ?? undefined }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
  });
}

/** The first page alone, asked again whenever something happened: says what is new and refreshes what is shown. */
export function runHeadQuery(scope: Scope, sort: RunSort) {
  return queryOptions({
    queryKey: ['runs', 'head', scope, sort],
    queryFn: ({ signal }) => request<RunList>('/api/runs', { query: { ...scopeParams(scope), sort, limit: PAGE_SIZE }, signal }),
  });
}

/** A short list for a side panel or a search box. */
export function fewRunsQuery(query: { feature?: string[]; source?: string[]; q?: string; status?: string[]; limit: number }) {
  return queryOptions({
    queryKey: ['runs', 'few', query],
    queryFn: ({ signal }) => request<RunList>('/api/runs', { query, signal }),
    placeholderData: keepPreviousData,
  });
}

const RUNNING_LIMIT = 100;
const DAY = 86_400_000;

/** How many runs that began in the last day are still on their way, as a word: `12`, `100+`, or nothing. */
export function runningCountQuery() {
  return queryOptions({
    queryKey: ['runs', 'few', 'running'],
    queryFn: ({ signal }) =>
      request<RunList>('/api/runs', {
        query: { status: 'running', from: new Date(Date.now() - DAY).toISOString(), limit: RUNNING_LIMIT },
        signal,
      }),
    select: ({ runs, nextCursor }) => (runs.length === 0 ? '' : `${runs.length}${nextCursor ? '+' : ''}`),
  });
}

export function runQuery(runId: string) {
  return queryOptions({ queryKey: ['run', runId], queryFn: ({ signal }) => request<Run>(runPath(runId), { signal }) });
}

/** A run that may not be booked yet: asked for in the list, where not being there is no error. */
export function bookedRunQuery(runId: string) {
  return queryOptions({
    queryKey: ['runs', 'few', { q: runId }],
    queryFn: ({ signal }) => request<RunList>('/api/runs', { query: { q: runId, limit: 1 }, signal }),
    select: ({ runs }) => runs.find((run) => run.runId === runId) ?? null,
  });
}

/** Tasks in one answer, and tasks a page can draw and add up. */
const TASK_WINDOW = 10_000;
export const MOST_TASKS = 50_000;

/** The tasks of a run, window by window, up to as many as a page can hold; `total` says how many there are. */
export function tasksQuery(runId: string) {
  return queryOptions({
    queryKey: ['run', runId, 'tasks'],
    queryFn: async ({ signal }) => {
      const window = (offset: number) => request<TaskList>(`${runPath(runId)}/tasks`, { query: { offset, limit: TASK_WINDOW }, signal });
      const list = await window(0);
      while (list.order === 'tree' && list.tasks.length < Math.min(list.total, MOST_TASKS)) {
        const next = await window(list.tasks.length);
        if (next.tasks.length === 0) break;
        list.tasks.push(...next.tasks);
      }
      return list;
    },
  });
}

/** What the first task of a run says went wrong: its type, else its message, else nothing. */
export function failureQuery(runId: string) {
  return queryOptions({
    queryKey: ['run', runId, 'failure'],
    queryFn: ({ signal }) => request<TaskList>(`${runPath(runId)}/tasks`, { query: { limit: 1 }, signal }),
    select: ({ tasks }) => tasks[0]?.error?.type ?? tasks[0]?.error?.message ?? '',
  });
}

export function messagesQuery(runId: string) {
  return queryOptions({
    queryKey: ['run', runId, 'messages'],
    queryFn: ({ signal }) => request<Conversation>(`${runPath(runId)}/messages`, { signal }),
  });
}

export function taskQuery(traceId: string, taskId: string) {
  return queryOptions({
    queryKey: ['task', traceId, taskId],
    queryFn: ({ signal }) => request<TaskDetail>(`/api/tasks/${encodeURIComponent(traceId)}/${encodeURIComponent(taskId)}`, { signal }),
  });
}

export function patchRun(runId: string, patch: RunPatch): Promise<Run> {
  return request<Run>(runPath(runId), { method: 'PATCH', body: patch });
}

export function deleteRun(runId: string): Promise<void> {
  return request<void>(runPath(runId), { method: 'DELETE' });
}

/** Asks the server to write its sample runs. */
export function loadSamples(): Promise<unknown> {
  return request<unknown>('/api/samples', { method: 'POST' });
}
