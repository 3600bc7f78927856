import { OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { apiError } from './contract/index.ts';
import { ROUTES, type Route } from './routes.ts';

type Document = ReturnType<OpenApiGeneratorV31['generateDocument']>;
let document: Document | undefined;

/** The read API as an OpenAPI 3.1 document, made of the same table and schemas that answer and check. */
export function openApi(): Document {
  document ??= generate();
  return document;
}

function generate(): Document {
  const registry = new OpenAPIRegistry();
  for (const route of ROUTES) registry.registerPath(describe(route));
  const info = { title: 'AI Runs', version: '1', description: 'The books of your AI features: runs, tasks, tokens and cost.' };
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({ openapi: '3.1.0', info });
}

const failures = {
  400: 'A parameter is unknown or not valid; `details` says which.',
  404: 'There is no such run or task.',
  503: 'The store is not available or busy; try again after `Retry-After` seconds.',
};

function describe(route: Route): Parameters<OpenAPIRegistry['registerPath']>[0] {
  const names = [...route.path.matchAll(/:(\w+)/g)].map((match) => match[1]!);
  const type = route.kind === 'stream' ? 'text/event-stream' : 'application/json';
  const good = { description: route.summary, ...(route.answer ? { content: { [type]: { schema: route.answer } } } : {}) };
  return {
    method: route.method,
    path: route.path.replace(/:(\w+)/g, '{$1}'),
    summary: route.summary,
    request: {
      query: route.query,
      params: z.object(Object.fromEntries(names.map((name) => [name, z.string()]))),
      ...(route.body ? { body: { required: true, content: { 'application/json': { schema: route.body } } } } : {}),
    },
    responses: {
      [route.answer ? 200 : 204]: good,
      ...Object.fromEntries(
        Object.entries(failures).map(([status, description]) => [
          status,
          { description, content: { 'application/json': { schema: apiError } } },
        ]),
      ),
    },
  };
}
