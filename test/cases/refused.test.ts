import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyBooks } from '../../schema/index.ts';
import { TestServer } from '../support/otlp-server.ts';
import type { SpanInput } from '../support/otlp-wire.ts';
import { until } from '../support/server.ts';

// What the store refuses because of single rows, and what it refuses for other reasons. Real engine, real constraints, real views.

let server: TestServer;
beforeEach(async () => {
  server = await TestServer.open();
});
afterEach(() => server.close());

const START = BigInt(Date.now()) * 1_000_000n - 3600n * 1_000_000_000n;
const newTrace = (): string => randomBytes(16).toString('hex');
const call = (traceId: string, over: SpanInput = {}): SpanInput => ({
  traceId,
  spanId: randomBytes(8).toString('hex'),
  name: 'chat',
  start: START,
  end: START + 1_000_000_000n,
  ...over,
  attributes: {
    'gen_ai.operation.name': 'chat',
    'gen_ai.usage.input_tokens': 10n,
    'gen_ai.usage.output_tokens': 1n,
    ...(over.attributes as object),
  },
});

const command = (sql: string): Promise<void> => server.books.store.command(sql);
const idle = (): Promise<true> =>
  until(async () => (server.ingest.stats()?.batchesQueued === 0 ? true : null), 'everything is loaded').then(() => settled());
/** The figures of the thread come once a second: two of them are newer than now. */
async function settled(): Promise<true> {
  const before = server.ingest.stats();
  return until(async () => (server.ingest.stats() !== before && server.ingest.stats()?.batchesQueued === 0 ? true : null), 'loaded');
}
const wrong = async () => (await verifyBooks(server.books.store)).filter((check) => check.mismatches.length > 0);
const spans = async (trace: string): Promise<number> => (await server.tasks(trace, 'span_id', 0)).length;
const totals = async (): Promise<Record<string, string>> =>
  (await server.query<Record<string, string>>('SELECT sum(tasks) AS tasks, sum(input_tokens) AS input FROM usage_hourly'))[0]!;
const balance = async (): Promise<Record<string, string>> =>
  (
    await server.query<Record<string, string>>(
      "SELECT sum(received) AS received, sum(booked) AS booked FROM ingest_log WHERE signal = 'traces'",
    )
  )[0]!;
const alarms = (): string[] => server.troubles.filter((line) => line.includes('the store refuses'));

describe('case 43: a batch with rows that a table refuses', () => {
  it('is booked without their traces, exactly, and says so', async () => {
    await command("ALTER TABLE tasks ADD CONSTRAINT no_poison CHECK name != 'poison'");
    const [good, bad, other] = [newTrace(), newTrace(), newTrace()];
    const answer = await server.send(call(good), call(bad, { name: 'poison' }), call(bad), call(other), call(other));
    expect(answer.status).toBe(200);
    await idle();
    expect([await spans(good), await spans(bad), await spans(other)]).toEqual([1, 0, 2]);
    expect(await totals()).toEqual({ tasks: '3', input: '30' });
    expect(await balance()).toEqual({ received: '5', booked: '5' });
    expect(await wrong()).toEqual([]);
    expect(alarms()).toEqual([expect.stringMatching(/booked without 1 traces \(2 spans\).*no_poison/s)]);
    expect(server.ingest.stats()?.setAside).toBe(2);
    expect(await server.query('SELECT toString(sum(spans)) AS n, lower(hex(any(trace_id))) AS trace FROM set_aside')).toEqual([
      { n: '2', trace: bad.replace(/^0+/, '') },
    ]);
    const kept = await readdir(join(server.books.directory, 'journal/refused'));
    expect(kept.map((name) => name.replace(/^.*\./, '')).sort()).toEqual(['json', 'native']);
    expect(await server.ingest.metrics()).toContain('airuns_set_aside_spans 2');
  });

  it('and their traces are taken when they come again after the reason is gone', async () => {
    await command("ALTER TABLE tasks ADD CONSTRAINT no_poison CHECK name != 'poison'");
    const bad = newTrace();
    const poison = [call(bad, { name: 'poison' }), call(bad)];
    await server.send(call(newTrace()), ...poison);
    await idle();
    await command('ALTER TABLE tasks DROP CONSTRAINT no_poison');
    await server.send(...poison);
    await idle();
    expect(await spans(bad)).toBe(2);
    expect(await totals()).toEqual({ tasks: '3', input: '30' });
    expect(await wrong()).toEqual([]);
  });

  it('where another target than tasks refuses them leaves tasks as they were before', async () => {
    const [good, moved] = [newTrace(), newTrace()];
    const root = call(moved, { name: 'first' });
    await server.send(root);
    await idle();
    const before = await server.tasks(moved, '*');
    await command("ALTER TABLE runs ADD CONSTRAINT no_bad_run CHECK run_id != 'bad-run'");
    // The whole trace would move to the run that nobody takes: its first span is taken back and booked anew.
    await server.send(call(good), call(moved, { attributes: { 'airuns.run.id': 'bad-run' } }));
    await idle();
    expect(await server.tasks(moved, '*', 1)).toEqual(before);
    expect(await totals()).toEqual({ tasks: '2', input: '20' });
    expect(await wrong()).toEqual([]);
    expect(await balance()).toEqual({ received: '3', booked: '3' });
  });

  it('does not spoil the totals of batches that were settled on top of it', async () => {
    await command("ALTER TABLE tasks ADD CONSTRAINT no_poison CHECK name != 'poison'");
    const bad = newTrace();
    const attributes = { 'airuns.run.id': 'moved' };
    await server.send(call(newTrace()), call(bad), call(bad, { name: 'poison' }));
    // These take the first two off the books, where they never were.
    for (let i = 0; i < 3; i++) await server.send(call(bad, { attributes }), call(newTrace()));
    await idle();
    expect(await wrong()).toEqual([]);
    await server.restart();
    expect(await wrong()).toEqual([]);
    expect(await balance()).toEqual({ received: '9', booked: '9' });
  });

  it('does not keep the next process from starting', async () => {
    // Any other than this one engine setting would do: the batch is journaled, and the process ends before it is loaded.
    await command("ALTER TABLE tasks ADD CONSTRAINT later CHECK name != 'poison'");
    await command('RENAME TABLE ingest_log TO ingest_log_kept');
    const good = newTrace();
    await server.send(call(good), call(newTrace(), { name: 'poison' }));
    await server.ingest.close();
    expect(await readdir(join(server.books.directory, 'journal'))).toContainEqual(expect.stringMatching(/\.native$/));
    await command('RENAME TABLE ingest_log_kept TO ingest_log');
    await server.restart();
    expect(await spans(good)).toBe(1);
    expect(await wrong()).toEqual([]);
    expect(await totals()).toEqual({ tasks: '1', input: '10' });
    expect(await balance()).toEqual({ received: '2', booked: '2' });
  });

  it('that are cargo loses only them', async () => {
    await command("ALTER TABLE messages ADD CONSTRAINT no_secret CHECK text NOT LIKE '%secret%'");
    const trace = newTrace();
    const messages = JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: 'the secret word' }] }]);
    await server.send(call(trace, { attributes: { 'gen_ai.input.messages': messages } }));
    await idle();
    expect(await spans(trace)).toBe(1);
    // The texts are what was lost, and the books say so.
    expect((await wrong()).map(({ name }) => name)).toEqual(['messages']);
    expect(alarms()).toHaveLength(1);
  });
});

describe('case 43: a batch that is refused for a reason outside of its rows', () => {
  const held = (): Promise<true> =>
    until(
      async () => (server.troubles.filter((line) => line.includes('is not loaded yet')).length > 3 ? true : null),
      'the batch is tried',
    );

  it('because a view throws is held and repeated word for word, and exact after the repair', async () => {
    const [view] = await server.query<{ ddl: string }>(
      "SELECT create_table_query AS ddl FROM system.tables WHERE name = 'to_usage_hourly'",
    );
    await command('DROP TABLE to_usage_hourly');
    await command(
      "CREATE MATERIALIZED VIEW to_usage_hourly TO usage_hourly AS SELECT project, throwIf(1, 'broken view')::Int64 AS tasks FROM inbox",
    );
    const trace = newTrace();
    expect((await server.send(call(trace))).status).toBe(200);
    await held();
    expect([alarms(), server.ingest.stats()?.setAside ?? 0]).toEqual([[], 0]);
    await command('DROP TABLE to_usage_hourly');
    await command(view!.ddl);
    await idle();
    expect(await spans(trace)).toBe(1);
    expect(await totals()).toEqual({ tasks: '1', input: '10' });
    expect(await balance()).toEqual({ received: '1', booked: '1' });
    expect(await wrong()).toEqual([]);
  });

  it('because a target is gone is held, and exact once it is back', async () => {
    await command('RENAME TABLE usage_daily TO usage_daily_gone');
    const trace = newTrace();
    expect((await server.send(call(trace))).status).toBe(200);
    await held();
    expect(alarms()).toEqual([]);
    await command('RENAME TABLE usage_daily_gone TO usage_daily');
    await idle();
    expect(await spans(trace)).toBe(1);
    expect(await balance()).toEqual({ received: '1', booked: '1' });
    expect(await wrong()).toEqual([]);
  });
});
