import express, { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import type { Context } from './context.ts';
import { validate } from './http/validate.ts';
import { LiveStream } from './live/stream.ts';
import { openApi } from './openapi.ts';
import { type JsonRoute, ROUTES } from './routes.ts';

const MAX_BODY = '64kb';
const nothing = z.unknown();

/** Mounts every route of the table. */
export function mount(context: Context): Router {
  const router = Router();
  const stream = new LiveStream(context.live, context.now);
  for (const route of ROUTES) {
    const body = route.body ? [express.json({ limit: MAX_BODY })] : [];
    if (route.kind === 'json') router[route.method](route.path, ...body, answer(context, route));
    else
      router.get(route.path, (request, response) => {
        validate(route.query, request.query);
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
    const query = validate(route.query, request.query);
    const body = validate(route.body ?? nothing, request.body);
    const path = request.params as Record<string, string>;
    const found = await route.ask(context, { path, query, body });
    if (route.answer === null) response.status(204).end();
    else response.json(found);
  };
}
