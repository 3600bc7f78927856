import express, { Router } from 'express';
import { readBreakdown } from './analytics/breakdown.ts';
import { analyticsFilters, breakdownQuery, seriesQuery } from './analytics/params.ts';
import { readSeries } from './analytics/series.ts';
import { readSummary } from './analytics/summary.ts';
import type { Context } from './context.ts';
import { runPatch } from './contract/index.ts';
import { noQuery, validate } from './http/validate.ts';
import { readConversation } from './messages/of-run.ts';
import { readRun } from './runs/detail.ts';
import { listRuns, runListQuery } from './runs/list.ts';
import { deleteRun, patchRun } from './runs/mark.ts';
import { readTask } from './tasks/detail.ts';
import { listTasks, taskListQuery } from './tasks/list.ts';

export function routes(context: Context): Router {
  const router = Router();
  router.get('/api/runs', async (request, response) => {
    response.json(await listRuns(context, validate(runListQuery, request.query)));
  });
  router.get('/api/runs/:runId', async (request, response) => {
    response.json(await readRun(context, request.params.runId));
  });
  router.patch('/api/runs/:runId', express.json({ limit: '64kb' }), async (request, response) => {
    response.json(await patchRun(context, request.params.runId, validate(runPatch, request.body)));
  });
  router.delete('/api/runs/:runId', async (request, response) => {
    await deleteRun(context, request.params.runId);
    response.status(204).end();
  });
  router.get('/api/runs/:runId/tasks', async (request, response) => {
    response.json(await listTasks(context, request.params.runId, validate(taskListQuery, request.query)));
  });
  router.get('/api/runs/:runId/messages', async (request, response) => {
    validate(noQuery, request.query);
    response.json(await readConversation(context, request.params.runId));
  });
  router.get('/api/tasks/:traceId/:spanId', async (request, response) => {
    validate(noQuery, request.query);
    response.json(await readTask(context, request.params.traceId, request.params.spanId));
  });
  router.get('/api/analytics/summary', async (request, response) => {
    response.json(await readSummary(context, validate(analyticsFilters, request.query)));
  });
  router.get('/api/analytics/series', async (request, response) => {
    response.json(await readSeries(context, validate(seriesQuery, request.query)));
  });
  router.get('/api/analytics/breakdown', async (request, response) => {
    response.json(await readBreakdown(context, validate(breakdownQuery, request.query)));
  });
  return router;
}
