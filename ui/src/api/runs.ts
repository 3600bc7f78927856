import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type {
  Conversation,
  Deletion,
  Run,
  RunList,
  RunPatch,
  RunSort,
  Summary,
  TaskDetail,
  TaskList,
} from '../../../query/contract/index.ts';
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

/** Other runs may speak of the one that is looked for. */
const FEW = 10;

/** A run that may not be booked yet: asked for in the list, where not being there is no error. */
export function bookedRunQuery(runId: string) {
  return queryOptions({
    queryKey: ['runs', 'few', { q: runId }],
    queryFn: ({ signal }) => request<RunList>('/api/runs', { query: { q: runId, limit: FEW }, signal }),
    select: ({ runs }) => runs.find((run) => run.runId === runId) ?? null,
  });
}

/** A run of more tasks is shown in parts: what is looked at is asked for. */
export const LARGE_RUN = 2000;

/** All tasks of a run that is not large. One that grew meanwhile comes up to the limit of one answer; `total` says how many there are. */
export function tasksQuery(runId: string) {
  return queryOptions({
    queryKey: ['run', runId, 'tasks'],
    queryFn: ({ signal }) => request<TaskList>(`${runPath(runId)}/tasks`, { signal }),
  });
}

/** The beginning of a large run's tree: its roots and their children, as far as `limit` goes. Asked once; what is looked at is kept up to date by windows. */
export function firstBranchQuery(runId: string, limit: number) {
  return queryOptions({
    queryKey: ['first branch', runId, limit],
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) => request<TaskList>(`${runPath(runId)}/tasks`, { query: { parent: 'root', levels: 2, limit }, signal }),
  });
}

/** A window of the children of one task: `<traceId>:<taskId>`, or `root` for the roots. */
export function branchQuery(runId: string, { parent, offset, limit }: { parent: string; offset: number; limit: number }) {
  return queryOptions({
    queryKey: ['run', runId, 'branch', parent, offset],
    queryFn: ({ signal }) => request<TaskList>(`${runPath(runId)}/tasks`, { query: { parent, offset, limit }, signal }),
  });
}

/** The way from a root down to a task. */
export function wayToQuery(runId: string, task: string | undefined) {
  return queryOptions({
    queryKey: ['way', runId, task],
    staleTime: Number.POSITIVE_INFINITY,
    enabled: task !== undefined,
    queryFn: ({ signal }) => request<TaskList>(`${runPath(runId)}/tasks`, { query: { parent: 'root', limit: 1, at: task }, signal }),
    select: ({ branch }) => (branch && branch.indexes.length > 0 ? { path: branch.path, indexes: branch.indexes } : null),
  });
}

/** Tasks of a run from `offset` on, as many as one answer has. */
export function taskPage(runId: string, offset: number, signal: AbortSignal): Promise<TaskList> {
  return request<TaskList>(`${runPath(runId)}/tasks`, { query: { offset, limit: TASK_PAGE }, signal });
}
const TASK_PAGE = 10_000;

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

/** Deletes every run of a user, whatever is looked at. */
export function deleteUserRuns(user: string): Promise<Deletion> {
  return request<Deletion>('/api/runs', { method: 'DELETE', query: { user } });
}

/** How many runs of a user are booked, in all time and archived ones too. */
export function userRunsQuery(user: string) {
  return queryOptions({
    queryKey: ['analytics', 'runs of a user', user],
    queryFn: ({ signal }) => request<Summary>('/api/analytics/summary', { query: { user }, signal }),
    select: ({ runs }) => runs,
  });
}

/** Asks the server to write its sample runs. */
export function loadSamples(): Promise<unknown> {
  return request<unknown>('/api/samples', { method: 'POST' });
}
