import express, { type Router } from 'express';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { Store } from '../schema/index.ts';
import { queryRoutes } from './index.ts';
import { openApi } from './openapi.ts';

const nobody = { query: async () => [], command: async () => undefined } as unknown as Store;
const router = queryRoutes({
  store: nobody,
  live: { runs: () => [], subscribe: () => () => undefined },
  logger: pino({ level: 'silent' }),
});

/** Every route that express knows of, however it was mounted. */
function mounted(from: Router): string[] {
  return from.stack.flatMap((layer) => {
    if (layer.route) return layer.route.stack.map(({ method }) => `${method} ${layer.route!.path.replace(/:(\w+)/g, '{$1}')}`);
    const inner = layer.handle as unknown as Partial<Router>;
    return inner.stack ? mounted(inner as Router) : [];
  });
}

const document = openApi();
const described = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
  Object.keys(item ?? {}).map((method) => `${method} ${path}`),
);

describe('the OpenAPI document', () => {
  it('has every route that is mounted, and no other', () => {
    const routes = [...new Set(mounted(router))].filter((route) => route !== 'get /api/openapi.json');
    expect(routes.length).toBeGreaterThan(10);
    expect(described.sort()).toEqual(routes.sort());
  });

  const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item ?? {}).map(([method, operation]) => [`${method} ${path}`, operation] as const),
  );
  it.each(operations)('%s says what it answers, and what each parameter means', (_name, operation) => {
    expect(operation.summary).toBeTruthy();
    const good = operation.responses[200]?.content ?? operation.responses[204];
    expect(good).toBeTruthy();
    for (const parameter of operation.parameters ?? [])
      if (parameter.in === 'query') expect(parameter.description, parameter.name).toBeTruthy();
  });

  it('is valid JSON of OpenAPI 3.1', () => expect(JSON.parse(JSON.stringify(document)).openapi).toBe('3.1.0'));
});

it('mounts in an app', () => expect(() => express().use(router)).not.toThrow());
