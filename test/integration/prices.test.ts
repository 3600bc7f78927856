import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Ingest, openIngest } from '../../ingest/index.ts';
import { migrate, openStore, type Store, type StoreConfig } from '../../schema/index.ts';
import { captures, sendCapture } from '../support/captures.ts';

const dir = mkdtempSync(join(tmpdir(), 'airuns-prices-'));
const storeConfig: StoreConfig = { engine: 'embedded', path: join(dir, 'store') };
let store: Store;
let ingest: Ingest;

beforeAll(async () => {
  store = await openStore(storeConfig);
  await migrate(store);
  ingest = await openIngest({ dataDir: dir, store, storeConfig, logger: console });
});
afterAll(async () => {
  await store.close();
  rmSync(dir, { recursive: true, force: true });
});

it('records the rates behind every booked price', async () => {
  const server = express().use(ingest.router).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await sendCapture(`http://127.0.0.1:${port}`, captures().find((c) => c.case === 'otel-openai-chat')!, 'protobuf');
  server.close();
  await ingest.close();
  const rows = await store.query<{ price_id: string; model: string; rates: string }>('SELECT price_id, model, rates FROM prices FINAL');
  const [booked] = await store.query<{ price_id: string; cost: string }>(`SELECT price_id, cost FROM tasks FINAL WHERE kind = 'llm'`);
  expect(rows).toEqual([expect.objectContaining({ price_id: booked!.price_id, model: 'gpt-4o-mini' })]);
  expect(JSON.parse(rows[0]!.rates)).toEqual([{ above: 0, input: '0.15', cacheRead: '0.075', cacheWrite: null, output: '0.6' }]);
  // 120 input tokens at $0.15 and 34 output tokens at $0.60 a million.
  expect(booked!.cost).toBe('0.0000384');
});
