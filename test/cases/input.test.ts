import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CAPTURES } from '../support/otlp-proto.ts';
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
import { startServer, type TestServer, until } from '../support/server.ts';

// Bad input through the whole server: what its sender is told, what stands in the books, and what the pages say of it.

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  expect(await server.stop()).toBe(0);
});

const SECOND = 1_000_000_000n;
const START = BigInt(Date.now()) * 1_000_000n - 3600n * SECOND;
const newTrace = (): string => randomBytes(16).toString('hex');
const newSpan = (): string => randomBytes(8).toString('hex');
const call = (traceId: string, over: SpanInput = {}): SpanInput => ({
  traceId,
  spanId: newSpan(),
  name: 'chat',
  start: START,
  end: START + SECOND,
  ...over,
  attributes: { 'gen_ai.operation.name': 'chat', ...(over.attributes as Record<string, Value>) },
});

interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly body: Buffer;
}

async function post(body: Buffer | string, headers: Record<string, string> = {}, path = '/v1/traces'): Promise<Answer> {
  const type = typeof body === 'string' ? 'application/json' : 'application/x-protobuf';
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': type, ...headers },
    body: Buffer.from(body),
  });
  return { status: response.status, type: response.headers.get('content-type'), body: Buffer.from(await response.arrayBuffer()) };
}

const send = (...spans: SpanInput[]): Promise<Answer> => post(requestOf(...spans.map(spanMessage)));
/** What makes a span of JSON a task, and its trace a run. */
const CALL = '{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}}';
const ofJson = (...spans: string[]): string => `{"resourceSpans":[{"scopeSpans":[{"spans":[${spans.join()}]}]}]}`;

/** The message of a google.rpc.Status, read by hand in either encoding. */
function messageOf({ type, body }: Answer, json = false): string {
  expect(body.length).toBeLessThan(64 * 1024);
  expect(type).toBe(json ? 'application/json' : 'application/x-protobuf');
  if (json) return (JSON.parse(body.toString()) as { message: string }).message;
  expect([body[0], body[2]]).toEqual([0x08, 0x12]);
  return body.toString('utf8', body[3]! > 127 ? 5 : 4);
}

async function read<T>(path: string): Promise<T | null> {
  const response = await fetch(server.url + path);
  if (response.status === 404) return null;
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${text}`);
  return JSON.parse(text) as T;
}

interface Balance {
  received: number;
  booked: number;
  duplicate: number;
  rejected: number;
  balanced: boolean;
}
const balance = async (): Promise<Balance> => (await read<Balance>('/api/ingest'))!;
interface Task {
  name: string;
  attributes: Record<string, string>;
  notes: string[];
}
/** A task as its page shows it, once it is there. */
const task = (traceId: string, spanId: string): Promise<Task> => until(() => read<Task>(`/api/tasks/${traceId}/${spanId}`), 'the task');
const refused = async (): Promise<number> => (await balance()).rejected;

describe('case 5: a request that was cut', () => {
  it.each<[string, () => Buffer]>([
    ['a captured one', () => readFileSync(`${CAPTURES}ai-sdk-v7-error.otlp.pb`)],
    [
      'one with everything in it',
      () =>
        requestOf(
          spanMessage({
            ...call(newTrace(), { attributes: { list: [1n, 'a', { b: 0.5 }], flag: true } }),
            parentId: newSpan(),
            events: [{ name: 'exception', attributes: { 'exception.type': 'E' } }],
            status: { code: 2, message: 'no' },
          }),
        ),
    ],
  ])('at every byte of %s is refused, and nothing of it is stored', async (_name, make) => {
    const whole = make();
    const before = await balance();
    for (let length = 1; length < whole.length; length++) {
      const answer = await post(whole.subarray(0, length));
      if (answer.status !== 400) expect([length, answer.status, messageOf(answer)]).toEqual([]);
      expect(messageOf(answer)).not.toBe('');
    }
    const last = call(newTrace());
    expect((await send(last)).status).toBe(200);
    await task(last.traceId!, last.spanId!);
    const after = await balance();
    expect(after.booked - before.booked).toBe(1);
  });

  it('so is JSON', async () => {
    const whole = ofJson(`{"traceId":"${newTrace()}","spanId":"${newSpan()}","attributes":[{"key":"k","value":{"intValue":"5"}}]}`);
    for (let length = 1; length < whole.length; length++) {
      const answer = await post(whole.slice(0, length));
      expect([length, answer.status]).toEqual([length, 400]);
      expect(messageOf(answer, true)).not.toBe('');
    }
  });
});

describe('case 11: a request without a valid span', () => {
  it('is refused with a hint, and its spans are in the balance within a second', async () => {
    let ms = Number.POSITIVE_INFINITY;
    // A machine with other things to do is late with everything: a refusal is not later than that.
    let usual = 0;
    for (let tries = 1; tries <= 3 && ms > Math.max(1000, 2 * usual); tries++) {
      usual = Math.max(usual, await timeToBeBooked());
      const before = await balance();
      await refuseAll();
      const asked = performance.now();
      await until(async () => ((await refused()) >= before.rejected + 6 ? true : null), 'the refusals are booked');
      ms = performance.now() - asked;
      const { received, rejected, booked, balanced } = await balance();
      expect([received - before.received, rejected - before.rejected, booked - before.booked, balanced]).toEqual([6, 6, 0, true]);
    }
    expect(ms).toBeLessThan(Math.max(1000, 2 * usual));
  });

  async function timeToBeBooked(): Promise<number> {
    const { booked } = await balance();
    expect((await send(call(newTrace()))).status).toBe(200);
    const asked = performance.now();
    await until(async () => ((await balance()).booked > booked ? true : null), 'a span is booked');
    return performance.now() - asked;
  }

  async function refuseAll(): Promise<void> {
    const answer = await post(requestOf(spanMessage({ traceId: '' }), spanMessage({ spanId: '' })));
    expect([answer.status, messageOf(answer)]).toEqual([400, expect.stringMatching(/1 x trace_id.*1 x span_id/)]);
    const logs = await post(logsRequestOf(Buffer.concat([fixed64Field(1, START), lengthField(5, lengthField(1, 'a log'))])));
    expect([logs.status, messageOf(logs)]).toEqual([400, expect.stringContaining('logs look like this')]);
    const json = await post(ofJson('{"traceId":"?"}', '{}', '{}'));
    expect([json.status, messageOf(json, true)]).toEqual([400, expect.stringContaining('3 x trace_id')]);
  }
});

describe('case 14: a gzip bomb', () => {
  /** The most memory the server took since this was called, beyond what it had. Linux keeps the mark. */
  function watchMemory(): () => number {
    const read = (name: string): number =>
      Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))![1]) / 1024;
    const [before, mark] = [read('VmRSS'), read('VmHWM')];
    return () => Math.max(0, read('VmHWM') - Math.max(before, mark));
  }

  it('of 200 MB takes no more memory than a body may have', async () => {
    const taken = watchMemory();
    const answer = await post(gzipSync(Buffer.alloc(200_000_000)), { 'content-encoding': 'gzip' });
    expect([answer.status, messageOf(answer)]).toEqual([413, expect.stringContaining('after decompression')]);
    expect(taken()).toBeLessThan(80);
  });

  it('is one of more than 200 times its size, though it is not large', async () => {
    const repeated = requestOf(spanMessage(call(newTrace(), { attributes: { long: 'x'.repeat(1_100_000) } })));
    expect((await post(gzipSync(repeated), { 'content-encoding': 'gzip' })).status).toBe(413);
    const shorter = requestOf(spanMessage(call(newTrace(), { attributes: { long: 'x'.repeat(1_000_000) } })));
    expect((await post(gzipSync(shorter), { 'content-encoding': 'gzip' })).status).toBe(200);
  });
});

describe('case 18: nesting', () => {
  const levels = (depth: number): string => `${'{"arrayValue":{"values":['.repeat(depth)}{"stringValue":"core"}${']}}'.repeat(depth)}`;
  const flagged = async (traceId: string, spanId: string): Promise<[string, boolean]> => {
    const { attributes, notes } = await task(traceId, spanId);
    return [attributes.k!, notes.some((note) => /cut|truncated/.test(note))];
  };

  it.each([
    [32, true, false],
    [33, false, true],
    [10_000, false, true],
  ])('of %d levels, in both encodings', async (depth, whole, cut) => {
    const [a, b] = [call(newTrace(), { attributes: { k: nested(depth) } }), call(newTrace())];
    expect((await send(a)).status).toBe(200);
    const json = `{"traceId":"${b.traceId}","spanId":"${b.spanId}","name":"j","attributes":[${CALL},{"key":"k","value":${levels(depth)}}]}`;
    expect((await post(ofJson(json))).status).toBe(200);
    for (const { traceId, spanId } of [a, b]) {
      const [value, told] = await flagged(traceId!, spanId!);
      expect([value.includes('core'), told]).toEqual([whole, cut]);
    }
  });

  it('of 50,000 levels in a text that should be JSON is a text, on every page', async () => {
    const deep = '['.repeat(50_000) + ']'.repeat(50_000);
    const root = call(newTrace(), {
      attributes: {
        'airuns.tags': deep,
        metadata: `{"user_id":${deep}}`,
        'gen_ai.input.messages': `[${deep}]`,
        'gen_ai.output.messages': deep,
      },
    });
    const tool = call(root.traceId!, {
      parentId: root.spanId!,
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.call.arguments': deep,
        'gen_ai.tool.call.result': `{"a":${deep}}`,
      },
    });
    expect((await send(root, tool)).status).toBe(200);
    await task(root.traceId!, root.spanId!);
    await task(root.traceId!, tool.spanId!);
    for (const page of ['', '/tasks', '/messages']) expect(await read(`/api/runs/${root.traceId}${page}`)).not.toBeNull();
  });
});

describe('case 20: keys that are names of prototypes', () => {
  it('are shown like any other, in both encodings', async () => {
    const names = ['__proto__', 'constructor', 'toString', 'a.__proto__.b'];
    const span = call(newTrace());
    const raw = Buffer.concat(names.map((name) => lengthField(9, keyValue(name, `of ${name}`))));
    expect((await send({ ...span, raw })).status).toBe(200);
    const other = call(newTrace());
    const attributes = names.map((name) => `{"key":"${name}","value":{"stringValue":"of ${name}"}}`);
    const json = `{"traceId":"${other.traceId}","spanId":"${other.spanId}","name":"j","__proto__":{"x":1},"attributes":[${CALL},${attributes}]}`;
    expect((await post(ofJson(json))).status).toBe(200);
    for (const { traceId, spanId } of [span, other]) {
      const shown = await task(traceId!, spanId!);
      for (const name of names) expect(Object.entries(shown.attributes)).toContainEqual([name, `of ${name}`]);
    }
  });
});

describe('case 21: one request as large as it may be', () => {
  /** Longest time the HTTP thread was held up since this was last asked, in milliseconds. */
  const heldUp = async (): Promise<number> => {
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    return Number(/^airuns_event_loop_max_seconds (\S+)/m.exec(metrics)![1]) * 1000;
  };

  it.each<[string, () => Buffer]>([
    ['63 MB in one text', () => requestOf(spanMessage(call(newTrace(), { attributes: { long: 'x'.repeat(63_000_000) } })))],
    [
      '63 MB in one message',
      () => requestOf(spanMessage(call(newTrace(), { attributes: { 'gen_ai.input.messages': `["${'x'.repeat(63_000_000)}"]` } }))),
    ],
    [
      '63 MB of NUL in an event',
      () => requestOf(spanMessage({ ...call(newTrace()), events: [{ name: 'e', attributes: { k: '\0'.repeat(63_000_000) } }] })),
    ],
    ['a million events', () => requestOf(spanMessage({ ...call(newTrace()), raw: Buffer.alloc(2_000_000, Buffer.of(0x5a, 0x00)) }))],
    ['a million links', () => requestOf(spanMessage({ ...call(newTrace()), raw: Buffer.alloc(2_000_000, Buffer.of(0x6a, 0x00)) }))],
  ])('%s holds nobody up', async (_name, make) => {
    const body = make();
    let least = Number.POSITIVE_INFINITY;
    // On a machine with other things to do a thread is held up by others, too: as long as it is so without the request does not count.
    for (let tries = 0; tries < 5 && least >= 200; tries++) {
      await heldUp();
      const before = performance.now();
      expect((await post(body)).status).toBe(200);
      const withIt = await heldUp();
      await new Promise((later) => setTimeout(later, performance.now() - before));
      least = Math.min(least, withIt - (await heldUp()));
    }
    expect(least).toBeLessThan(200);
  });
});

describe('case 24: times', () => {
  it.each<[string, bigint]>([
    ['an hour ahead', BigInt(Date.now()) * 1_000_000n + 3600n * SECOND],
    ['ten years ahead', BigInt(Date.now()) * 1_000_000n + 315_360_000n * SECOND],
    ['ten years ago', BigInt(Date.now()) * 1_000_000n - 315_360_000n * SECOND],
  ])('%s are kept as they are', async (_name, start) => {
    const span = call(newTrace(), { start, end: start + SECOND });
    expect((await send(span)).status).toBe(200);
    await task(span.traceId!, span.spanId!);
    const run = await read<{ startedAt: string }>(`/api/runs/${span.traceId}`);
    expect(run!.startedAt.slice(0, 19)).toBe(new Date(Number(start / 1_000_000n)).toISOString().slice(0, 19));
  });
});

describe('case 25: figures that are none', () => {
  it('leave the sums of those that are', async () => {
    const traceId = newTrace();
    const bad: Value[] = [-1n, 1.5, 1e30, 2n ** 53n + 1n, '18446744073709551616', Number.NaN, 'x'.repeat(100_000), '9'.repeat(100_000)];
    const spans = [5n, ...bad, 7n].map((value) => call(traceId, { attributes: { 'gen_ai.usage.input_tokens': value } }));
    expect((await send(...spans)).status).toBe(200);
    await task(traceId, spans.at(-1)!.spanId!);
    const run = await read<{ llmCalls: number; tokens: { input: number | null } }>(`/api/runs/${traceId}`);
    expect([run!.llmCalls, run!.tokens.input]).toEqual([10, 12]);
  });
});

describe('after all of it', () => {
  it('the balance balances', async () => {
    expect(await balance()).toMatchObject({ balanced: true });
  });
});
