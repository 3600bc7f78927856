import type { Request, Response } from 'express';
import type { z } from 'zod';
import { readBreakdown } from './analytics/breakdown.ts';
import { analyticsFilters, breakdownQuery, seriesQuery } from './analytics/params.ts';
import { readSeries } from './analytics/series.ts';
import { readSummary } from './analytics/summary.ts';
import type { Context } from './context.ts';
import {
  balance,
  breakdown,
  conversation,
  deletion,
  facets,
  liveEvent,
  retention,
  run,
  runList,
  runPatch,
  series,
  summary,
  taskDetail,
  taskList,
} from './contract/index.ts';
import { readFacets } from './facets/facets.ts';
import { runFilters } from './http/params.ts';
import { noQuery } from './http/validate.ts';
import { balanceQuery, readBalance } from './ingest/balance.ts';
import type { LiveStream } from './live/stream.ts';
import { readConversation } from './messages/of-run.ts';
import { readRetention, retentionPatch, setRetention } from './projects/retention.ts';
import { deleteProject, deleteRun, deleteUserRuns, projectQuery, userRunsQuery } from './runs/delete.ts';
import { readRun } from './runs/detail.ts';
import { listRuns, runListQuery } from './runs/list.ts';
import { patchRun } from './runs/mark.ts';
import { readTask } from './tasks/detail.ts';
import { listTasks, taskListQuery } from './tasks/list.ts';

type Schema = z.ZodType;
type Query = z.ZodObject;
type PathParams = Readonly<Record<string, string>>;

interface Description {
  readonly method: 'get' | 'patch' | 'delete';
  /** As express writes it: `/api/runs/:runId`. */
  readonly path: string;
  /** One line, in the words of the caller. */
  readonly summary: string;
  readonly query: Query;
  readonly body?: Schema;
  /** Answered for a deleted project, too. */
  readonly ofDeleted?: boolean;
  /** What a good answer is; null = nothing (204, or 202 where it is certain and not done yet). */
  readonly answer: Schema | null;
}

/** What a route without an answer returns for a thing that is certain and not done yet. */
export const ACCEPTED = Symbol('accepted');

/** A question that is answered with JSON. */
export interface JsonRoute extends Description {
  readonly kind: 'json';
  readonly ask: (context: Context, input: { path: PathParams; query: unknown; body: unknown }) => Promise<unknown>;
}

/** An answer that goes on. */
export interface StreamRoute extends Description {
  readonly kind: 'stream';
  readonly open: (stream: LiveStream, request: Request, response: Response) => void;
}

export type Route = JsonRoute | StreamRoute;

/** Ties the types of what is checked to what is asked. */
function json<Q extends Query, B extends Schema, A extends Schema | null>(
  description: Omit<Description, 'query' | 'body' | 'answer'> & { query?: Q; body?: B; answer: A },
  ask: (
    context: Context,
    path: PathParams,
    query: z.output<Q>,
    body: z.output<B>,
  ) => Promise<A extends Schema ? z.output<A> : typeof ACCEPTED | undefined>,
): Route {
  return {
    kind: 'json',
    ...description,
    query: description.query ?? noQuery,
    ask: (context, { path, query, body }) => ask(context, path, query as z.output<Q>, body as z.output<B>),
  };
}

/** Every route of the read API, with all that is needed to mount, check and describe it. */
export const ROUTES: readonly Route[] = [
  json(
    { method: 'get', path: '/api/runs', summary: 'Runs, a page at a time', query: runListQuery, answer: runList },
    (context, _path, query) => listRuns(context, query),
  ),
  json(
    { method: 'get', path: '/api/runs/:runId', summary: 'One run, by its id or by one of its trace ids', answer: run },
    (context, path) => readRun(context, path.runId!),
  ),
  json(
    { method: 'patch', path: '/api/runs/:runId', summary: 'Rename, star, archive or tag a run', body: runPatch, answer: run },
    (context, path, _query, body) => patchRun(context, path.runId!, body),
  ),
  json(
    {
      method: 'delete',
      path: '/api/runs/:runId',
      summary: 'Delete a run: it is gone from lists, pages and totals, for good',
      answer: null,
    },
    async (context, path) => ((await deleteRun(context, path.runId!)) ? undefined : ACCEPTED),
  ),
  json(
    {
      method: 'delete',
      path: '/api/runs',
      summary: 'Delete all runs of a user; asked again it says what is left',
      query: userRunsQuery,
      answer: deletion,
    },
    (context, _path, { user }) => deleteUserRuns(context, user),
  ),
  json(
    { method: 'get', path: '/api/projects/:projectId/retention', summary: 'How long a project is kept', answer: retention },
    (context, path) => readRetention(context, path.projectId!),
  ),
  json(
    {
      method: 'patch',
      path: '/api/projects/:projectId/retention',
      summary: 'Set how long a project is kept: tasks with their texts, and totals',
      body: retentionPatch,
      answer: retention,
    },
    (context, path, _query, body) => setRetention(context, path.projectId!, body),
  ),
  json(
    {
      method: 'delete',
      path: '/api/projects/:projectId',
      summary: 'Delete a project with all it holds, for good',
      query: projectQuery,
      ofDeleted: true,
      answer: deletion,
    },
    (context, path, { confirm }) => deleteProject(context, path.projectId!, confirm),
  ),
  json(
    {
      method: 'get',
      path: '/api/runs/:runId/tasks',
      summary: 'The tasks of a run, in the order of their tree',
      query: taskListQuery,
      answer: taskList,
    },
    (context, path, query) => listTasks(context, path.runId!, query),
  ),
  json(
    { method: 'get', path: '/api/runs/:runId/messages', summary: 'The conversation of a run, complete', answer: conversation },
    (context, path) => readConversation(context, path.runId!),
  ),
  json(
    { method: 'get', path: '/api/tasks/:traceId/:spanId', summary: 'Everything that is kept of one task', answer: taskDetail },
    (context, path) => readTask(context, path.traceId!, path.spanId!),
  ),
  json(
    {
      method: 'get',
      path: '/api/analytics/summary',
      summary: 'Totals of a range and of the range before',
      query: analyticsFilters,
      answer: summary,
    },
    (context, _path, query) => readSummary(context, query),
  ),
  json(
    { method: 'get', path: '/api/analytics/series', summary: 'One measure over time', query: seriesQuery, answer: series },
    (context, _path, query) => readSeries(context, query),
  ),
  json(
    { method: 'get', path: '/api/analytics/breakdown', summary: 'Usage by one dimension', query: breakdownQuery, answer: breakdown },
    (context, _path, query) => readBreakdown(context, query),
  ),
  json(
    { method: 'get', path: '/api/facets', summary: 'Values to filter by, with the runs that have them', query: runFilters, answer: facets },
    (context, _path, query) => readFacets(context, query),
  ),
  json(
    { method: 'get', path: '/api/ingest', summary: 'What was received and what became of it', query: balanceQuery, answer: balance },
    (context, _path, query) => readBalance(context, query),
  ),
  {
    kind: 'stream',
    method: 'get',
    path: '/api/live',
    summary: 'What happens to runs, as server-sent events; `reset` where some were missed and are gone',
    query: noQuery,
    answer: liveEvent,
    open: (stream, request, response) => stream.open(request, response),
  },
];
