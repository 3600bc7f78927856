import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyBooks } from '../../schema/index.ts';
import { type Answer, type PostOptions, TestServer } from '../support/otlp-server.ts';
import {
  fixed64Field,
  keyValue,
  lengthField,
  logsRequestOf,
  nested,
  requestOf,
  type SpanInput,
  spanMessage,
  type Value,
} from '../support/otlp-wire.ts';

// Numbers are those of the list of faults and bad inputs that a receiver has to stand.

let server: TestServer;
/** What every request of this file amounts to, by signal: compared with the books at the end. */
const sent = { traces: { received: 0, rejected: 0 }, logs: { received: 0, rejected: 0 } };

beforeAll(async () => {
  server = await TestServer.open();
});
afterAll(() => server.close());

const SECOND = 1_000_000_000n;
const START = BigInt(Date.now()) * 1_000_000n - 3600n * SECOND;
const newTrace = (): string => randomBytes(16).toString('hex');
const newSpan = (): string => randomBytes(8).toString('hex');
const usage = (input: bigint, output: bigint) => ({ 'gen_ai.usage.input_tokens': input, 'gen_ai.usage.output_tokens': output });
const call = (traceId: string, over: SpanInput = {}): SpanInput => ({
  traceId,
  spanId: newSpan(),
  name: 'chat',
  start: START,
  end: START + SECOND,
  ...over,
  attributes: { 'gen_ai.operation.name': 'chat', ...usage(10n, 1n), ...(over.attributes as Record<string, Value>) },
});

async function send(...spans: SpanInput[]): Promise<Answer> {
  sent.traces.received += spans.length;
  return server.send(...spans);
}

/** A request of one span in JSON, as a sender's own text. */
async function sendJson(span: string | Record<string, unknown>, rejected = 0): Promise<Answer> {
  sent.traces.received++;
  sent.traces.rejected += rejected;
  const text = typeof span === 'string' ? span : JSON.stringify(span);
  return server.post(`{"resourceSpans":[{"scopeSpans":[{"spans":[${text}]}]}]}`, { json: true });
}

/** google.rpc.Status in either encoding. */
function errorOf({ type, body }: Answer): { code: number; message: string } {
  expect(body.length).toBeLessThan(64 * 1024);
  if (type === 'application/json') {
    const { code, message, details } = JSON.parse(body.toString()) as { code: number; message: string; details: unknown[] };
    expect(details).toEqual([]);
    return { code, message };
  }
  expect([type, body[0], body[2]]).toEqual(['application/x-protobuf', 0x08, 0x12]);
  return { code: body[1]!, message: body.toString('utf8', body[3]! > 127 ? 5 : 4) };
}

const refused = async (status: number, body: Buffer | string, options: PostOptions = {}): Promise<void> => {
  const answer = await server.post(body, options);
  expect(answer.status).toBe(status);
  expect(answer.type).toBe(options.json ? 'application/json' : 'application/x-protobuf');
  expect(errorOf(answer).message).not.toBe('');
};

describe('case 1: a valid request', () => {
  it.each<[string, PostOptions]>([
    ['protobuf', {}],
    ['protobuf, gzip', { gzip: true }],
    ['under the prefix of Langfuse', { path: '/api/public/otel/v1/traces' }],
    ['under the prefix of LangSmith', { path: '/otel/v1/traces' }],
  ])('%s', async (_name, options) => {
    const traceId = newTrace();
    sent.traces.received++;
    const { status, type, body } = await server.post(requestOf(spanMessage(call(traceId))), options);
    expect([status, type, body.length]).toEqual([200, 'application/x-protobuf', 0]);
    const asked = performance.now();
    expect(await server.tasks(traceId, 'name, kind, counted, input_tokens')).toEqual([
      { name: 'chat', kind: 'llm', counted: 1, input_tokens: '10' },
    ]);
    expect(performance.now() - asked).toBeLessThan(2000);
  });

  it.each([false, true])('JSON, gzip %s', async (gzip) => {
    const traceId = newTrace();
    sent.traces.received++;
    const text = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [{ traceId, spanId: newSpan(), name: 'j' }] }] }] });
    const { status, type, body } = await server.post(text, { json: true, gzip });
    expect([status, type, body.toString()]).toEqual([200, 'application/json', '{}']);
    expect(await server.tasks(traceId, 'name')).toEqual([{ name: 'j' }]);
  });
});

describe('case 2: a request without spans', () => {
  it.each<[string, Buffer, PostOptions]>([
    ['no bytes', Buffer.alloc(0), {}],
    ['no bytes, gzip', Buffer.alloc(0), { headers: { 'content-encoding': 'gzip' } }],
    ['no bytes inside of gzip', gzipSync(''), { headers: { 'content-encoding': 'gzip' } }],
    ['no text', Buffer.alloc(0), { json: true }],
    ['{}', Buffer.from('{}'), { json: true }],
    ['no resources', Buffer.from('{"resourceSpans":[]}'), { json: true }],
    ['a resource without spans', requestOf(), {}],
    ['no log records', logsRequestOf(), { path: '/v1/logs' }],
    ['no logs', Buffer.from('{}'), { path: '/v1/logs', json: true }],
    ['no metrics', Buffer.from('{}'), { path: '/v1/metrics', json: true }],
    ['no metrics in protobuf', Buffer.alloc(0), { path: '/v1/metrics' }],
  ])('%s', async (_name, body, options) => {
    const answer = await server.post(body, options);
    expect([answer.status, answer.body.toString()]).toEqual([200, options.json ? '{}' : '']);
  });
});

describe('content types and methods', () => {
  it.each([{}, { 'content-type': 'text/plain' }])('case 3: 415 for %o', async (headers) => {
    const { status, type } = await server.post('{}', { headers: { 'content-type': '', ...headers } });
    expect([status, type]).toEqual([415, 'application/json']);
  });
  it('case 3: 200 with a charset', async () => {
    expect((await server.post('{}', { headers: { 'content-type': 'application/json; charset=utf-8' } })).status).toBe(200);
  });
  it.each(['GET', 'PUT', 'DELETE', 'OPTIONS'])('case 4: 405 for %s', async (method) => {
    const { status, headers } = await server.post('', { method });
    expect([status, headers.allow, headers['access-control-allow-origin']]).toEqual([405, 'POST', undefined]);
  });
});

describe('texts that are no texts', () => {
  it('case 7: invalid UTF-8 is mended', async () => {
    const traceId = newTrace();
    const raw = lengthField(9, Buffer.concat([lengthField(1, 'k'), lengthField(2, lengthField(1, Buffer.of(0x61, 0xff, 0x62)))]));
    await send(call(traceId, { raw }));
    expect(await server.tasks(traceId, "attributes['k'] AS k")).toEqual([{ k: 'a\ufffdb' }]);
  });

  it('case 8: lone surrogates, NUL and emoji are stored, and harm no other span', async () => {
    const [bad, good] = [newTrace(), newTrace()];
    const attribute = (value: string) => `{"key":"k","value":{"stringValue":${value}}}`;
    const span = (traceId: string, value: string) =>
      `{"traceId":"${traceId}","spanId":"${newSpan()}","name":"n\\ud800","attributes":[${attribute(value)}]}`;
    sent.traces.received += 2;
    const { status } = await server.post(
      `{"resourceSpans":[{"scopeSpans":[{"spans":[${span(bad, '"\\ud800 \\u0000 🧾"')},${span(good, '"fine"')}]}]}]}`,
      { json: true },
    );
    expect(status).toBe(200);
    expect(await server.tasks(bad, "name, attributes['k'] AS k")).toEqual([{ name: 'n\ufffd', k: '\ufffd \0 🧾' }]);
    expect(await server.tasks(good, "attributes['k'] AS k")).toEqual([{ k: 'fine' }]);
  });
});

describe('ids', () => {
  it('case 9: in capitals are the same ids', async () => {
    const [traceId, spanId] = [newTrace(), newSpan()];
    await send(call(traceId, { spanId, end: START + 5n * SECOND }));
    await sendJson({ traceId: traceId.toUpperCase(), spanId: spanId.toUpperCase(), name: 'shouting', startTimeUnixNano: String(START) });
    expect(await server.tasks(traceId, 'name')).toEqual([{ name: 'chat' }]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['case 9: base64', { traceId: Buffer.from(newTrace(), 'hex').toString('base64') }, 'trace_id'],
    ['case 10: zeros', { traceId: '0'.repeat(32) }, 'trace_id'],
    ['case 10: 15 bytes', { traceId: newTrace().slice(2) }, 'trace_id'],
    ['case 10: 17 bytes', { traceId: `${newTrace()}00` }, 'trace_id'],
    ['case 10: missing', { traceId: undefined }, 'trace_id'],
    ['case 10: span id of zeros', { spanId: '0'.repeat(16) }, 'span_id'],
    ['case 10: span id of 7 bytes', { spanId: newSpan().slice(2) }, 'span_id'],
  ])('%s are refused, the span beside them is stored', async (_name, over, rule) => {
    const traceId = newTrace();
    const good = { traceId, spanId: newSpan(), name: 'good' };
    sent.traces.received += 2;
    sent.traces.rejected += 1;
    const body = { resourceSpans: [{ scopeSpans: [{ spans: [{ ...good, spanId: newSpan(), ...over }, good] }] }] };
    const answer = await server.post(JSON.stringify(body), { json: true });
    const { partialSuccess } = JSON.parse(answer.body.toString()) as { partialSuccess: { rejectedSpans: string; errorMessage: string } };
    expect([answer.status, partialSuccess.rejectedSpans]).toEqual([200, '1']);
    expect(partialSuccess.errorMessage).toContain(rule);
    expect(await server.tasks(traceId, 'name')).toEqual([{ name: 'good' }]);
  });

  it('case 10: the same in protobuf', async () => {
    const traceId = newTrace();
    sent.traces.rejected += 1;
    const { status, body } = await send(call(traceId), call('', {}));
    expect([status, body[0], body[2], body[3]]).toEqual([200, 0x0a, 0x08, 1]);
    expect(body.toString()).toContain('trace_id must be 16 bytes');
    expect(await server.tasks(traceId, 'name')).toHaveLength(1);
  });

  it('case 11: none valid: 400 with a hint', async () => {
    // A span that is refused stands in the balance, also where no other stands beside it.
    sent.traces.received += 3;
    sent.traces.rejected += 3;
    await refused(400, requestOf(spanMessage({ traceId: '' }), spanMessage({ spanId: '' })));
    const logs = logsRequestOf(Buffer.concat([fixed64Field(1, START), lengthField(5, lengthField(1, 'a log'))]));
    const answer = await server.post(logs);
    expect(answer.status).toBe(400);
    expect(errorOf(answer).message).toContain('logs');
  });

  it('case 30: that end in zeros, or differ in one place only, are found', async () => {
    const traces = [`${newTrace().slice(0, 30)}00`, `ab${'0'.repeat(30)}`, 'f'.repeat(32), `${'f'.repeat(31)}e`];
    for (const traceId of traces)
      await send(call(traceId, { spanId: `cd${'0'.repeat(14)}` }), call(traceId, { spanId: `cd${'0'.repeat(13)}1` }));
    for (const traceId of traces) expect(await server.tasks(traceId, 'name', 2)).toHaveLength(2);
  });

  it('case 33: the same span id in two traces are two spans', async () => {
    const spanId = newSpan();
    const traces = [newTrace(), newTrace()];
    await send(...traces.map((traceId) => call(traceId, { spanId })));
    for (const traceId of traces) expect(await server.tasks(traceId, 'name')).toHaveLength(1);
  });
});

describe('case 12: spellings of JSON', () => {
  it('enum names, snake case, unknown fields, integers as number and as text', async () => {
    const traceId = newTrace();
    await sendJson(
      `{"trace_id":"${traceId}","span_id":"${newSpan()}","name":"s","kind":"SPAN_KIND_CLIENT","status":{"code":"STATUS_CODE_ERROR"},"nobody":[{}],
        "attributes":[{"key":"a","value":{"intValue":1767225600123456789}},{"key":"b","value":{"intValue":"1767225600123456789"}}],
        "start_time_unix_nano":1767225600123456789,"endTimeUnixNano":"1767225600123456790"}`,
    );
    expect(
      await server.tasks(
        traceId,
        "status, attributes['a'] AS a, attributes['b'] AS b, toUnixTimestamp64Nano(started_at) AS at, duration_ns",
      ),
    ).toEqual([{ status: 'failed', a: '1767225600123456789', b: '1767225600123456789', at: '1767225600123456789', duration_ns: '1' }]);
  });
});

describe('bodies', () => {
  it('case 13: 64 MiB and a byte are too large', async () => {
    await refused(413, Buffer.alloc(64 * 1024 * 1024 + 1));
    await refused(413, gzipSync(Buffer.alloc(64 * 1024 * 1024 + 1)), { headers: { 'content-encoding': 'gzip' } });
    expect((await send(call(newTrace()))).status).toBe(200);
  });

  it.each<[string, () => Buffer]>([
    ['200 MB in 200 KB', () => gzipSync(Buffer.alloc(200_000_000))],
    ['10,000 members', () => Buffer.concat(Array<Buffer>(10_000).fill(gzipSync(Buffer.alloc(10_000))))],
  ])('case 14: a bomb of %s is refused in a second, and others hardly notice', async (_name, bomb) => {
    const body = bomb();
    const started = performance.now();
    const bombs = Promise.all([1, 2].map(() => refused(413, body, { headers: { 'content-encoding': 'gzip' } })));
    const other = await send(call(newTrace()));
    await bombs;
    expect(other.status).toBe(200);
    // Two of them on one thread, on a machine that has other things to do.
    expect(performance.now() - started).toBeLessThan(4000);
  });

  it('case 14: a bomb inside of a bomb is only inflated once', async () => {
    await refused(400, gzipSync(gzipSync(Buffer.alloc(50_000_000))), { headers: { 'content-encoding': 'gzip' } });
  });

  it.each<[string, number, string, () => Buffer]>([
    ['gzip that is none', 400, 'gzip', () => Buffer.from('plain')],
    ['brotli', 415, 'br', () => Buffer.from('x')],
    ['gzip twice', 415, 'gzip, gzip', () => gzipSync(gzipSync('x'))],
    [
      'a damaged checksum',
      400,
      'gzip',
      () => {
        const body = gzipSync(requestOf(spanMessage(call(newTrace()))));
        body[body.length - 6]! ^= 0xff;
        return body;
      },
    ],
    ['a cut stream', 400, 'gzip', () => gzipSync(requestOf(spanMessage(call(newTrace())))).subarray(0, 60)],
  ])('case 15: %s is %d', (_name, status, coding, body) => refused(status, body(), { headers: { 'content-encoding': coding } }));

  it('case 15: a broken body of either encoding is 400', async () => {
    await refused(400, Buffer.of(0x0a, 0x7f));
    await refused(400, '{"resourceSpans":[', { json: true });
  });
});

describe('attributes', () => {
  it('case 18: nested beyond 32 levels are cut', async () => {
    const traceId = newTrace();
    await send(call(traceId, { attributes: { a: nested(33), b: nested(10_000) } }));
    expect(await server.tasks(traceId, "length(attributes['a']) AS a, length(attributes['b']) AS b")).toEqual([{ a: '68', b: '68' }]);
  });

  it('case 19: 100,000 of them are 1,024, the last of one key wins, keys that are none are dropped', async () => {
    const [many, twice] = [newTrace(), newTrace()];
    const attributes = Array.from({ length: 100_000 }, (_, i): [string, Value] => [`k${i}`, 'v']);
    await send({ ...call(many), attributes });
    const raw = Buffer.concat(
      [keyValue('k', 'first'), keyValue('', 'none'), keyValue('x'.repeat(1_000_000), 'none'), keyValue('k', 'last')].map((kv) =>
        lengthField(9, kv),
      ),
    );
    await send(call(twice, { raw }));
    expect(await server.tasks(many, 'length(attributes) AS n, bitAnd(flags, 4) AS dropped')).toEqual([{ n: '1024', dropped: 4 }]);
    expect(await server.tasks(twice, "attributes['k'] AS k, mapKeys(attributes) AS keys, bitAnd(flags, 4) AS dropped")).toEqual([
      { k: 'last', keys: ['gen_ai.operation.name', ...Object.keys(usage(0n, 0n)), 'k'], dropped: 4 },
    ]);
  });

  it('case 20: with names of prototypes are names', async () => {
    const traceId = newTrace();
    const names = ['__proto__', 'constructor', 'toString', 'a.__proto__.b'];
    sent.traces.received++;
    await server.post(requestOf(spanMessage({ ...call(traceId), attributes: names.map((name): [string, Value] => [name, `of ${name}`]) })));
    const [row] = await server.tasks<{ keys: string[]; vals: string[] }>(
      traceId,
      'mapKeys(attributes) AS keys, mapValues(attributes) AS vals',
    );
    expect(row).toEqual({ keys: names, vals: names.map((name) => `of ${name}`) });
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('case 21: of 8 MB are cut, messages of 8 MB are kept', async () => {
    const traceId = newTrace();
    await send(call(traceId, { attributes: { long: 'x'.repeat(8_000_000), 'gen_ai.input.messages': `["${'y'.repeat(8_000_000)}"]` } }));
    const [row] = await server.tasks<{ cut: number; ref: string; long: string }>(
      traceId,
      "bitAnd(flags, 2) AS cut, toString(input_refs[1]) AS ref, attributes['long'] AS long",
    );
    expect(row!.cut).toBe(2);
    // What is too large for its row is a text, and the row says which.
    const long = BigInt(`0x${row!.long.slice('\0text:'.length)}`).toString();
    expect(await server.query('SELECT length(text) AS n FROM messages WHERE hash = {long:UInt128}', { long })).toEqual([{ n: '65536' }]);
    expect(await server.query('SELECT length(text) AS n FROM messages WHERE hash = {ref:UInt128}', { ref: row!.ref })).toEqual([
      { n: '8000002' },
    ]);
  });
});

describe('times', () => {
  it.each<[string, bigint, bigint]>([
    ['case 22: the end before the start', START, START - SECOND],
    ['case 22: both zero', 0n, 0n],
    ['case 22: no start', 0n, START],
    ['case 22: 2^63', 2n ** 63n, 2n ** 63n + 5n],
    ['case 22: 2^64 - 1', 2n ** 64n - 1n, 2n ** 64n - 1n],
    ['case 22: the year 2300', 10_413_792_000_000_000_000n, 10_413_792_000_000_000_001n],
    ['case 22: milliseconds', START / 1_000_000n, START / 1_000_000n + 5n],
    ['case 22: microseconds', START / 1000n, START / 1000n + 5n],
    ['case 24: 10 years ahead', START + 315_360_000n * SECOND, START + 315_360_001n * SECOND],
    ['case 24: 1990', 631_152_000_000_000_000n, 631_152_001_000_000_000n],
  ])('%s is stored', async (name, start, end) => {
    const traceId = newTrace();
    const span = call(traceId, { start, end });
    await send(span);
    const columns =
      'toYear(started_at) BETWEEN 2000 AND 2099 AS sane, duration_ns <= 4000000000000000000 AS bounded, bitAnd(flags, 1) AS anomaly, ver';
    const anomaly = name.startsWith('case 22') || name.includes('1990') ? 1 : 0;
    expect(await server.tasks(traceId, columns)).toEqual([{ sane: 1, bounded: 1, anomaly, ver: 1 }]);
    // Sent again it is the same span, also where its time was that of its arrival.
    await send(span);
    expect(await server.tasks(traceId, columns)).toEqual([{ sane: 1, bounded: 1, anomaly, ver: 1 }]);
  });

  it('case 22: no end, though it started', async () => {
    const traceId = newTrace();
    await send(call(traceId, { end: 0n }));
    expect(await server.tasks(traceId, 'status, run_status')).toEqual([{ status: 'running', run_status: 'running' }]);
  });

  it('case 23: 150 days in one request are all stored', async () => {
    const traceId = newTrace();
    const day = 86_400n * SECOND;
    const { status } = await send(
      ...Array.from({ length: 150 }, (_, i) => call(traceId, { start: START - BigInt(i) * day, end: START - BigInt(i) * day })),
    );
    expect(status).toBe(200);
    expect(await server.tasks(traceId, 'name', 150)).toHaveLength(150);
  });
});

describe('figures', () => {
  it.each<[string, Value, string, number, number]>([
    ['-1', -1n, '0', 0, 16],
    ['1.5', 1.5, '0', 0, 16],
    ['"12"', '12', '12', 1, 0],
    ['1e30', 1e30, '0', 0, 16],
    ['2^53 - 1', 2n ** 53n - 1n, '9007199254740991', 1, 0],
    ['2^53 + 1', 2n ** 53n + 1n, '0', 0, 16],
    ['2^64 as text', '18446744073709551616', '0', 0, 16],
    ['NaN', Number.NaN, '0', 0, 16],
    ['nothing', null, '0', 0, 0],
  ])('case 25: %s tokens', async (_name, value, stored, known, flag) => {
    const traceId = newTrace();
    await send(call(traceId, { attributes: { 'gen_ai.usage.input_tokens': value } }));
    expect(await server.tasks(traceId, 'input_tokens, bitAnd(known, 1) AS k, bitAnd(flags, 16) AS f')).toEqual([
      { input_tokens: stored, k: known, f: flag },
    ]);
  });

  it('case 25: 2^64 as an integer of JSON does not wrap', async () => {
    const traceId = newTrace();
    const attributes =
      '[{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},{"key":"gen_ai.usage.input_tokens","value":{"intValue":"18446744073709551616"}}]';
    await sendJson(`{"traceId":"${traceId}","spanId":"${newSpan()}","attributes":${attributes}}`);
    expect(await server.tasks(traceId, 'input_tokens, bitAnd(known, 1) AS k, bitAnd(flags, 16) AS f')).toEqual([
      { input_tokens: '0', k: 0, f: 16 },
    ]);
  });

  it.each<[string, Value, string, boolean]>([
    ['NaN', Number.NaN, '0', false],
    ['-1', -1, '0', false],
    ['1e-12', '1e-12', '0.000000000001', true],
    ['1e12', 1e12, '0', false],
    ['17 decimals', '0.12345678901234567', '0.123456789012', true],
    ['all there is room for', '999999.999999999999', '999999.999999999999', true],
  ])('case 26: %s dollars', async (_name, value, stored, known) => {
    const traceId = newTrace();
    await send(call(traceId, { attributes: { 'gen_ai.usage.cost': value } }));
    expect(await server.tasks(traceId, 'reported_cost, bitAnd(known, 32) AS k, bitAnd(flags, 16) AS f')).toEqual([
      { reported_cost: stored, k: known ? 32 : 0, f: known ? 0 : 16 },
    ]);
  });
});

describe('what belongs together', () => {
  const totals = (traceId: string) =>
    server.query<Record<string, string>>(
      `SELECT sum(tasks) AS tasks, sum(llm_calls) AS calls, sum(input_tokens) AS input FROM runs WHERE run_id = {run:String} GROUP BY run_id HAVING tasks > 0`,
      { run: traceId },
    );
  /** The totals of a run once all that was sent is in the store: batches are loaded one after the other. */
  async function settled(traceId: string): Promise<Record<string, string>[]> {
    const last = newTrace();
    await send(call(last));
    await server.tasks(last, 'name');
    return totals(traceId);
  }

  it('case 27: a parent that carries the usage of its children counts once, in any order of arrival', async () => {
    const orders = [
      [0, 1, 2],
      [2, 1, 0],
      [1, 0, 2],
    ];
    for (const order of orders) {
      const traceId = newTrace();
      const [agent, a, b] = [newSpan(), newSpan(), newSpan()];
      const spans: SpanInput[] = [
        { ...call(traceId), spanId: agent, attributes: { 'gen_ai.operation.name': 'invoke_agent', ...usage(30n, 3n) } },
        call(traceId, { spanId: a, parentId: agent, start: START + 1n }),
        call(traceId, { spanId: b, parentId: agent, start: START + 2n, attributes: usage(20n, 2n) }),
      ];
      for (const i of order) await send(spans[i]!);
      expect(await settled(traceId)).toEqual([{ tasks: '3', calls: '2', input: '30' }]);
    }
  });

  it.each<[string, (trace: string) => SpanInput[], number]>([
    [
      'a cycle',
      (traceId) => {
        const [a, b] = [newSpan(), newSpan()];
        return [call(traceId, { spanId: a, parentId: b }), { ...call(traceId, { spanId: b, parentId: a }), attributes: {} }];
      },
      2,
    ],
    [
      'a span that is its own parent',
      (traceId) => {
        const a = newSpan();
        return [call(traceId, { spanId: a, parentId: a })];
      },
      1,
    ],
    ['a root that never comes', (traceId) => [call(traceId, { parentId: newSpan() })], 1],
    ['two roots', (traceId) => [call(traceId), call(traceId)], 2],
    ['a parent that is no id', (traceId) => [call(traceId, { parentId: 'abcd' })], 1],
  ])('case 28: %s is stored, and the same after a restart', async (_name, make, count) => {
    const traceId = newTrace();
    const spans = make(traceId);
    await send(...spans);
    const columns = 'ver, flags, status, fact_ver > 0 AS bears, run_status';
    const before = await server.tasks(traceId, columns, count);
    expect(before).toHaveLength(count);
    expect(before.filter((row) => (row as { bears: number }).bears)).toHaveLength(1);
    await server.restart();
    await send(...spans);
    expect(await server.tasks(traceId, columns, count)).toEqual(before);
  });

  it('case 31: one request twice, and a hundred times on eight connections, counts once', async () => {
    const traceId = newTrace();
    const body = requestOf(...Array.from({ length: 20 }, () => spanMessage(call(traceId, { spanId: newSpan() }))));
    const work = Array.from({ length: 100 }, () => body);
    sent.traces.received += 100 * 20;
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        while (work.pop()) expect((await server.post(body)).status).toBe(200);
      }),
    );
    expect(await settled(traceId)).toEqual([{ tasks: '20', calls: '20', input: '200' }]);
    expect(await server.tasks(traceId, 'ver')).toEqual(Array(20).fill({ ver: 1 }));
  });

  it('case 32: in other batches, in another order, after a restart, counts once', async () => {
    const traceId = newTrace();
    const root = newSpan();
    const spans = [
      call(traceId, { spanId: root }),
      ...Array.from({ length: 9 }, (_, i) => call(traceId, { parentId: root, start: START + BigInt(i) })),
    ];
    await send(...spans);
    await server.restart();
    for (const span of [...spans].reverse()) await send(span);
    await send(...spans.slice(3), ...spans.slice(0, 3));
    // The root is the same call as those below it.
    expect(await settled(traceId)).toEqual([{ tasks: '10', calls: '9', input: '90' }]);
  });

  it.each<[string, (s: SpanInput) => SpanInput[]]>([
    ['partial, then whole', (s) => [{ ...s, end: 0n }, s]],
    ['whole, then partial', (s) => [s, { ...s, end: 0n }]],
    ['two that are whole', (s) => [{ ...s, end: START + 1n }, s]],
    ['the same the other way round', (s) => [s, { ...s, end: START + 1n }]],
  ])('case 34: %s: the whole one that ends last stands', async (_name, versions) => {
    const traceId = newTrace();
    for (const span of versions(call(traceId))) await send(span);
    expect(await settled(traceId)).toEqual([{ tasks: '1', calls: '1', input: '10' }]);
    expect(await server.tasks(traceId, 'status, duration_ns')).toEqual([{ status: 'completed', duration_ns: String(SECOND) }]);
  });
});

describe('other signals', () => {
  it('logs: the messages of a span are kept for it, whichever comes first', async () => {
    const [traceId, spanId] = [newTrace(), newSpan()];
    const record = Buffer.concat([
      fixed64Field(1, START),
      lengthField(5, lengthField(6, lengthField(1, keyValue('content', 'hello')))),
      lengthField(9, Buffer.from(traceId, 'hex')),
      lengthField(10, Buffer.from(spanId, 'hex')),
      lengthField(12, 'gen_ai.user.message'),
    ]);
    sent.logs.received += 2;
    const { status } = await server.post(logsRequestOf(record, fixed64Field(1, START)), { path: '/v1/logs' });
    expect(status).toBe(200);
    await send(call(traceId, { spanId }));
    await server.tasks(traceId, 'name');
    const found = await server.query(
      `SELECT side, text FROM details AS d INNER JOIN messages AS m ON m.hash = d.hash WHERE d.trace_id = reinterpretAsUInt128(reverse(unhex({trace:String})))`,
      { trace: traceId },
    );
    expect(found).toEqual([{ side: 'input', text: '{"role":"user","content":"hello"}' }]);
  });

  it('metrics are counted and not stored', async () => {
    const { status } = await server.post('{"resourceMetrics":[{},{}]}', { json: true, path: '/v1/metrics' });
    expect(status).toBe(200);
  });
});

describe('after all of it', () => {
  it('every request is accounted for: received = booked + duplicate + rejected', async () => {
    await server.restart();
    const rows = await server.query<Record<string, string>>(
      `SELECT signal, sum(received) AS all, sum(rejected) AS refused, sum(received - booked - duplicate - rejected) AS missing
        FROM ingest_log GROUP BY signal ORDER BY signal`,
    );
    expect(rows).toEqual([
      { signal: 'logs', all: String(sent.logs.received), refused: '0', missing: '0' },
      { signal: 'metrics', all: '2', refused: '0', missing: '0' },
      { signal: 'traces', all: String(sent.traces.received), refused: String(sent.traces.rejected), missing: '0' },
    ]);
  });

  it('a recount of the books finds nothing', async () => {
    const checks = await verifyBooks(server.books.store);
    expect(checks.filter(({ mismatches }) => mismatches.length > 0)).toEqual([]);
  });

  it('the server had no trouble, and nothing is left in the journal', async () => {
    expect(server.troubles).toEqual([]);
    expect(server.ingest.ready()).toBe(true);
    expect(await server.ingest.metrics()).toContain('airuns_ingest_spans_total');
  });
});
