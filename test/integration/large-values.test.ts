import { afterAll, beforeAll, expect, it } from 'vitest';
import { apiOf, call, spanId, swept, traceId } from '../support/life.ts';
import { TestServer } from '../support/otlp-server.ts';
import { until } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.open({ sweepMs: 200 });
});
afterAll(() => server?.close());

const sent = (n: number, extra: Record<string, string>) => {
  const span = call(n);
  return { ...span, attributes: { ...(span.attributes as Record<string, string>), ...extra } };
};
const task = async (n: number) => (await apiOf(server).get(`/api/tasks/${traceId(n)}/${spanId(n)}`)).body;
const booked = (n: number) => until(async () => ((await task(n)).taskId ? true : null), 'the task is booked');
const one = async (sql: string): Promise<number> => Number((await server.query<{ n: string }>(`SELECT (${sql}) AS n`))[0]!.n);

it('keeps large values out of the rows, once each, and gives them back whole', async () => {
  const large = `${'a document of some length, '.repeat(800)}end`;
  const several = Array.from({ length: 60 }, (_, i) => ({ name: `step ${i}`, attributes: { 'step.note': `note ${i} `.repeat(20) } }));
  await server.send(
    { ...sent(1, { 'app.document': large, 'app.small': 'a few words' }), events: several },
    sent(2, { 'app.document': large }),
  );
  await booked(2);
  expect(await one("SELECT max(length(attributes['app.document'])) FROM tasks")).toBeLessThan(64);
  expect(await one('SELECT max(length(events)) FROM tasks')).toBeLessThan(64);
  expect(await one("SELECT count() FROM messages WHERE startsWith(text, 'a document of')")).toBe(1);
  const { attributes, events, notes } = await task(1);
  expect(attributes).toMatchObject({ 'app.document': large, 'app.small': 'a few words' });
  expect(events).toHaveLength(60);
  expect(events[59]).toMatchObject({ name: 'step 59', attributes: { 'step.note': 'note 59 '.repeat(20) } });
  expect(notes).toEqual([]);
});

it('cuts and says so beyond 64 KB', async () => {
  await server.send(sent(3, { 'app.document': 'wordy, '.repeat(10_000) }));
  await booked(3);
  const { attributes, notes } = await task(3);
  expect(attributes['app.document']).toBe('wordy, '.repeat(10_000).slice(0, 65_536));
  expect(notes).toEqual(['a value was too long and was cut']);
});

it('keeps them through a restart and a later version of the trace, and removes them with the last task that has them', async () => {
  await server.restart();
  // A parent that comes late makes new rows of what the store gave back.
  await server.send({ ...call(4, { trace: traceId(1) }), attributes: { 'airuns.feature': 'applet', 'airuns.kind': 'agent' } });
  await until(
    async () =>
      (await one(`SELECT max(ver) FROM tasks WHERE span_id = reinterpretAsUInt64(reverse(unhex('${spanId(1)}')))`)) > 1 ? true : null,
    'the task has a new version',
  );
  expect((await task(1)).attributes['app.document']).toContain('a document of some length');
  for (const n of [1, 2]) {
    expect(await one("SELECT count() FROM messages WHERE startsWith(text, 'a document of')")).toBe(1);
    await apiOf(server)
      .delete(`/api/runs/${traceId(n)}`)
      .expect(204);
    await swept(server);
  }
  expect(await one("SELECT count() FROM messages WHERE startsWith(text, 'a document of')")).toBe(0);
});
