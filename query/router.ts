import express, { type Request, type RequestHandler, Router } from 'express';
import { z } from 'zod';
import type { Context } from './context.ts';
import { notFound, Refusal } from './http/errors.ts';
import { validate } from './http/validate.ts';
import { LiveStream } from './live/stream.ts';
import { openApi } from './openapi.ts';
import { ACCEPTED, type JsonRoute, ROUTES } from './routes.ts';

const MAX_BODY = '64kb';
const nothing = z.unknown();
/** Beyond this many the parser drops parameters without a word, and a dropped filter would widen the answer. */
const MAX_PARAMETERS = 1000;

/** Mounts every route of the table. */
export function mount(context: Context): Router {
  const router = Router();
  const stream = new LiveStream(context.live, context.now);
  for (const route of ROUTES) {
    const body = route.body ? [express.json({ limit: MAX_BODY })] : [];
    if (route.kind === 'json') router[route.method](route.path, ...body, answer(context, route));
    else
      router.get(route.path, (request, response) => {
        validate(route.query, queryOf(request));
        route.open(stream, request, response);
      });
  }
  router.get('/api/openapi.json', (_request, response) => {
    response.json(openApi());
  });
  return router;
}

function answer(context: Context, route: JsonRoute): RequestHandler {
  return async (request, response) => {
    if (!route.ofDeleted && context.endings?.isDeleted(context.project)) throw notFound(`project ${context.project}`);
    const query = validate(route.query, queryOf(request));
    const body = validate(route.body ?? nothing, request.body);
    const path = request.params as Record<string, string>;
    const found = await route.ask(context, { path, query, body });
    if (route.answer === null) response.status(found === ACCEPTED ? 202 : 204).end();
    else response.json(found);
  };
}

/** @throws Refusal 400 where the caller sent more parameters than are read */
function queryOf(request: Request): unknown {
  const [, sent = ''] = request.originalUrl.split('?', 2);
  if (sent.split('&', MAX_PARAMETERS + 1).length > MAX_PARAMETERS)
    throw new Refusal(400, 'bad_request', `at most ${MAX_PARAMETERS} parameters are taken`);
  return request.query;
}
