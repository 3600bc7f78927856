import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Ingest, openIngest } from '../../ingest/index.ts';
import { migrate, openStore, type Store, verifyBooks } from '../../schema/index.ts';
import { random } from '../bench/payload.ts';
import { StoreProxy } from '../chaos/proxy.ts';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { requestOf, type SpanInput, spanMessage } from '../support/otlp-wire.ts';
import { until } from '../support/server.ts';

// A ClickHouse server that is slow, hangs, dies or does not answer: the real protocol over real sockets, with a network between that fails.

const SEED = Number(process.env.AIRUNS_SEED ?? 45_46);

let directory: string;
let gateway: Gateway;
let proxy: StoreProxy;
let store: Store;
let ingest: Ingest;
let http: Server;
const troubles: string[] = [];

beforeEach(async () => {
  console.log(`seed ${SEED} (AIRUNS_SEED)`);
  directory = await mkdtemp(join(tmpdir(), 'airuns-stalled-'));
  gateway = await startGateway(join(directory, 'server'));
  proxy = await StoreProxy.open(gateway.port, random(SEED));
  troubles.length = 0;
  const storeConfig = { engine: 'remote', url: gateway.url('books').replace(`:${gateway.port}/`, `:${proxy.port}/`) } as const;
  store = await openStore(storeConfig);
  await migrate(store);
  const tell = (message: string): void => void troubles.push(message);
  ingest = await openIngest({ dataDir: directory, store, storeConfig, logger: { warn: tell, error: tell } });
  http = express()
    .use((req, res, next) => ingest.router(req, res, next))
    .listen(0, '127.0.0.1');
  await once(http, 'listening');
});

afterEach(async () => {
  proxy.heal();
  http.closeAllConnections();
  http.close();
  await ingest.close();
  await store.close();
  await proxy.close();
  await gateway.stop();
  await rm(directory, { recursive: true, force: true });
});

const START = BigInt(Date.now()) * 1_000_000n - 3600n * 1_000_000_000n;
const call = (traceId = randomBytes(16).toString('hex')): SpanInput => ({
  traceId,
  spanId: randomBytes(8).toString('hex'),
  name: 'chat',
  start: START,
  end: START + 1_000_000_000n,
  attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.usage.input_tokens': 10n },
});

async function send(...spans: SpanInput[]): Promise<number> {
  const body = new Uint8Array(requestOf(...spans.map(spanMessage)));
  const { port } = http.address() as AddressInfo;
  const headers = { 'content-type': 'application/x-protobuf' };
  return (await fetch(`http://127.0.0.1:${port}/v1/traces`, { method: 'POST', headers, body })).status;
}

/** Requests of new traces, one after another, each of which is answered while the store is as it is. */
async function sendMany(count: number): Promise<void> {
  for (let i = 0; i < count; i++) expect(await send(call(), call())).toBe(200);
}

const spansBooked = async (): Promise<number> => Number((await store.query<{ n: string }>('SELECT count() AS n FROM tasks FINAL'))[0]!.n);
const inBooks = (spans: number): Promise<true> =>
  until(
    async () => ((await spansBooked()) === spans && ingest.stats()?.batchesQueued === 0 ? true : null),
    `${spans} spans are in the store`,
    60,
  );

async function expectExact(spans: number): Promise<void> {
  await inBooks(spans);
  expect((await verifyBooks(store)).filter(({ mismatches }) => mismatches.length > 0)).toEqual([]);
  const [sums] = await store.query(`SELECT (SELECT sum(tasks) FROM usage_hourly) AS tasks, (SELECT sum(calls) FROM usage_daily) AS calls,
    (SELECT sum(tasks) FROM runs) AS runs, (SELECT sum(booked) FROM ingest_log) AS booked`);
  expect(sums).toEqual({ tasks: String(spans), calls: String(spans), runs: String(spans), booked: String(spans) });
}

/** Until the start has told the traces that are booked, every trace is looked up in the store first. */
const seenIsComplete = (): Promise<true> => send(call()).then(() => inBooks(1));

it('case 45: a store that hangs holds up no sender, and has everything once it moves again', async () => {
  await seenIsComplete();
  proxy.begin({ hang: 1 });
  await sendMany(20);
  expect(proxy.faults).toBeGreaterThan(0);
  expect(
    (await until(async () => ((ingest.stats()?.batchesQueued ?? 0) > 0 ? ingest.stats() : null), 'batches wait')).bytesQueued,
  ).toBeGreaterThan(0);
  proxy.heal();
  await expectExact(41);
});

it('case 45: a store that hangs does not keep the process from ending, and the next one has everything', async () => {
  await seenIsComplete();
  proxy.begin({ hang: 1 });
  await sendMany(5);
  const began = performance.now();
  await ingest.close();
  expect(performance.now() - began).toBeLessThan(30_000);
  proxy.heal();
  const tell = (message: string): void => void troubles.push(message);
  const storeConfig = { engine: 'remote', url: gateway.url('books') } as const;
  ingest = await openIngest({ dataDir: directory, store, storeConfig, logger: { warn: tell, error: tell } });
  await expectExact(11);
});

it('case 45: a store that is slow gets larger batches, and everything', async () => {
  await seenIsComplete();
  proxy.begin({ delayMs: 1500 });
  await Promise.all(Array.from({ length: 30 }, () => send(call(), call()))).then((all) => expect(new Set(all)).toEqual(new Set([200])));
  await sendMany(10);
  const batches = ingest.stats()?.batches ?? 0;
  expect(batches).toBeLessThan(40);
  proxy.heal();
  await expectExact(81);
});

it('case 46: answers that are lost, connections that break and a store out of memory change nothing', async () => {
  await seenIsComplete();
  proxy.begin({ lostAnswer: 0.4, refuse: 0.2, memory: 0.2 });
  await sendMany(25);
  await until(async () => (proxy.faults >= 4 ? true : null), 'the network has failed some times');
  proxy.heal();
  await expectExact(51);
  expect(troubles.some((line) => line.includes('is not loaded yet'))).toBe(true);
  expect(ingest.stats()?.setAside).toBe(0);
});

it('case 46: a server that is killed in the middle of an insert has everything once it is back', async () => {
  await seenIsComplete();
  proxy.begin({ lostAnswer: 1 });
  await sendMany(5);
  await until(async () => (proxy.faults > 0 ? true : null), 'an insert is under way');
  await gateway.kill();
  await sendMany(5);
  gateway = await startGateway(join(directory, 'server'));
  proxy.target = gateway.port;
  proxy.heal();
  await expectExact(21);
});
