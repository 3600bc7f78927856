import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { pino } from 'pino';
import request from 'supertest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Balance } from '../../query/contract/index.ts';
import { type LiveSource, queryRoutes } from '../../query/index.ts';
import { migrate, openStore, type Store } from '../../schema/index.ts';

const nothingLive: LiveSource = { runs: () => [], subscribe: () => () => undefined };
let directory: string;
let store: Store;
let app: express.Express;

/** Minute, signal, received, booked, duplicate, rejected, reasons. */
const LOG = [
  ['2026-11-20 10:00:00', 'traces', 100, 97, 3, 0, "map('marker', 2)"],
  ['2026-11-20 10:59:00', 'traces', 10, 8, 0, 2, "map('invalid_trace_id', 2)"],
  ['2026-11-20 11:00:00', 'traces', 5, 5, 0, 0, "map('marker', 1)"],
  ['2026-11-20 11:00:00', 'logs', 7, 7, 0, 0, "map('log_without_messages', 4)"],
  ['2026-11-22 09:30:00', 'metrics', 1, 1, 0, 0, "map('metric_not_stored', 1)"],
] as const;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'airuns-balance-'));
  store = await openStore({ engine: 'embedded', path: directory });
  await migrate(store);
  const rows = LOG.map(([minute, signal, received, booked, duplicate, rejected, reasons]) => {
    return `('default', '${minute}', '${signal}', ${received}, ${booked}, ${duplicate}, ${rejected}, ${reasons})`;
  });
  await store.command(
    `INSERT INTO ingest_log (project, minute, signal, received, booked, duplicate, rejected, reasons) VALUES ${rows.join(', ')}`,
  );
  app = express().use(queryRoutes({ store, live: nothingLive, logger: pino({ level: 'silent' }) }));
});
afterAll(async () => {
  await store.close();
  await rm(directory, { recursive: true, force: true });
});

const ask = async (query: string): Promise<Balance> => (await request(app).get(`/api/ingest${query}`).expect(200)).body as Balance;
const together = (parts: readonly Balance['buckets'][number][]) => parts.reduce((sum, { received }) => sum + received, 0);

it('tells signals apart, and their sums are the whole', async () => {
  const { signals, ...whole } = await ask('');
  expect(whole).toMatchObject({ received: 123, booked: 118, duplicate: 3, rejected: 2, balanced: true });
  expect(signals).toEqual([
    {
      signal: 'traces',
      received: 115,
      booked: 110,
      duplicate: 3,
      rejected: 2,
      reasons: [
        { reason: 'marker', count: 3 },
        { reason: 'invalid_trace_id', count: 2 },
      ],
    },
    { signal: 'logs', received: 7, booked: 7, duplicate: 0, rejected: 0, reasons: [{ reason: 'log_without_messages', count: 4 }] },
    { signal: 'metrics', received: 1, booked: 1, duplicate: 0, rejected: 0, reasons: [{ reason: 'metric_not_stored', count: 1 }] },
  ]);
  expect(whole.reasons.map(({ reason, count }) => [reason, count])).toEqual([
    ['log_without_messages', 4],
    ['marker', 3],
    ['invalid_trace_id', 2],
    ['metric_not_stored', 1],
  ]);
});

it('adds up to any interval, and loses nothing on the way', async () => {
  const hourly = await ask('?interval=3600');
  expect(hourly.interval).toBe(3600);
  expect(hourly.buckets.map(({ start, signal, received, rejected }) => [start, signal, received, rejected])).toEqual([
    ['2026-11-20T10:00:00Z', 'traces', 110, 2],
    ['2026-11-20T11:00:00Z', 'traces', 5, 0],
    ['2026-11-20T11:00:00Z', 'logs', 7, 0],
    ['2026-11-22T09:00:00Z', 'metrics', 1, 0],
  ]);
  for (const interval of [60, 900, 86_400, 604_800]) {
    const { received, buckets } = await ask(`?interval=${interval}`);
    expect(together(buckets)).toBe(received);
  }
  const weekly = await ask('?interval=604800');
  expect(weekly.buckets[0]?.start).toBe('2026-11-16T00:00:00Z');
});

it('counts what came in a range of minutes', async () => {
  const { received, buckets } = await ask('?from=2026-11-20T10:30:00Z&to=2026-11-20T11:00:00Z');
  expect(received).toBe(10);
  expect(buckets).toEqual([{ start: '2026-11-20T10:59:00Z', signal: 'traces', received: 10, booked: 8, duplicate: 0, rejected: 2 }]);
});

it('refuses an interval shorter than the minute the balance is kept by', async () => {
  await request(app).get('/api/ingest?interval=30').expect(400);
});
