import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { verifyBooks } from '../../schema/index.ts';
import { call, STARTED, spanId, traceId } from '../support/life.ts';
import { openTestStore } from '../support/otlp-store.ts';
import { requestOf, type SpanInput, spanMessage } from '../support/otlp-wire.ts';
import { until } from '../support/server.ts';
import { IngestProcess } from './process.ts';

const HOUR = 3_600_000_000_000n;

it('what waits in the journal of a trace that is set aside is booked once, also where it is sent again before it is loaded', async () => {
  const { directory, store } = await openTestStore();
  const alarms: string[] = [];
  const ingest = await IngestProcess.open(directory, store, 64 << 20, [], alarms);
  const send = (...spans: SpanInput[]) => ingest.send('p', 'traces', requestOf(...spans.map(spanMessage)));
  /** Keeps the loader from its next batch, as a recount would. */
  const hold = async () => {
    let release!: () => void;
    await new Promise<void>((held) => {
      void ingest.books.loader.exclusive(() => {
        held();
        return new Promise<void>((done) => {
          release = done;
        });
      });
    });
    return release;
  };
  await send(call(99));
  await ingest.idle();
  await store.command("ALTER TABLE usage_hourly ADD CONSTRAINT odd CHECK model != 'bad'");
  const trace = traceId(1);
  const bad = call(1, { trace });
  const waiting = { ...call(2, { trace, parent: spanId(1), start: STARTED + 2n * HOUR }) };
  Object.assign(bad.attributes!, { 'gen_ai.request.model': 'bad' });
  waiting.attributes = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'x' };
  const release = await hold();
  await send(bad);
  await send(waiting);
  release();
  // It goes on with the first batch at once, and with what has its turn before the second.
  await setImmediate();
  const second = hold();
  await until(async () => alarms.some((line) => line.includes('is booked without')) || null, 'the first batch is set aside');
  await send(call(300));
  expect(await send(waiting)).toMatchObject({ outcome: 'busy' });
  (await second)();
  await ingest.idle();
  expect(await send(waiting)).toMatchObject({ outcome: 'stored' });
  await ingest.idle();
  await store.command('ALTER TABLE usage_hourly DROP CONSTRAINT odd');
  for (const { name, mismatches } of await verifyBooks(store)) expect(mismatches, name).toEqual([]);
  await ingest.end();
}, 120_000);
