import { describe, expect, it } from 'vitest';
import { keyValue, lengthField, logsRequestOf, requestOf, spanMessage } from '../test/support/otlp-wire.ts';
import { accept } from './accept.ts';
import { Batch } from './batch.ts';
import { Interpreter } from './interpret/interpret.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const AT = 1_767_225_600_123_456_789n;

function logs(spans: readonly string[]): Uint8Array {
  const logRecords = spans.map((spanId, i) => ({
    traceId: TRACE,
    spanId,
    timeUnixNano: AT.toString(),
    eventName: 'gen_ai.user.message',
    body: { kvlistValue: { values: [{ key: 'content', value: { stringValue: `message ${i}` } }] } },
  }));
  return Buffer.from(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }));
}

const ofJson = (span: string): Uint8Array => Buffer.from(`{"resourceSpans":[{"scopeSpans":[{"spans":[${span}]}]}]}`);
const IDS = `"traceId":"${TRACE}","spanId":"00f067aa0ba902b7"`;
const NO_TEXT = '{"toString":1,"valueOf":1}';
const DEEP = '['.repeat(50_000) + ']'.repeat(50_000);

describe('JSON of the wrong kind is no fault of ours', () => {
  it.each<[string, string]>([
    ['an object as key', `${IDS},"attributes":[{"key":${NO_TEXT},"value":{"stringValue":"x"}}]`],
    ['an object as text', `${IDS},"attributes":[{"key":"k","value":{"stringValue":${NO_TEXT}}}]`],
    ['an object as double', `${IDS},"attributes":[{"key":"k","value":{"doubleValue":${NO_TEXT}}}]`],
    ['an object as integer', `${IDS},"attributes":[{"key":"k","value":{"intValue":${NO_TEXT}}}]`],
    ['an object as name', `${IDS},"name":${NO_TEXT}`],
    ['an object as count', `${IDS},"droppedAttributesCount":${NO_TEXT}`],
    ['an object as kind', `${IDS},"kind":${NO_TEXT},"status":{"code":${NO_TEXT}}`],
    ['a count beyond any', `${IDS},"droppedAttributesCount":1e300,"kind":1e300`],
    ['a list without a bottom as name', `${IDS},"name":${DEEP}`],
    ['a list without a bottom as time', `${IDS},"startTimeUnixNano":${DEEP}`],
    ['a time of a million digits', `${IDS},"startTimeUnixNano":"${'9'.repeat(1_000_000)}"`],
    ['an integer of a million digits', `${IDS},"attributes":[{"key":"k","value":{"intValue":"-${'9'.repeat(1_000_000)}"}}]`],
    ['an id of a million digits', `${IDS},"links":[{"traceId":"${'ab'.repeat(1_000_000)}"}]`],
  ])('%s', (_name, span) => {
    const batch = new Batch();
    const request = { id: 1, project: 'p', signal: 'traces', body: ofJson(`{${span}}`), json: true, gzip: false } as const;
    expect(accept(request, batch, new Interpreter(), 0)).toEqual({ outcome: 'stored', rejected: 0, message: '' });
    expect(batch.project('p').drafts).toHaveLength(1);
  });

  it('a log record with a map as the name of its event', () => {
    const body = logsRequestOf(lengthField(6, keyValue('event.name', { a: 'b' })));
    const request = { id: 1, project: 'p', signal: 'logs', body, json: false, gzip: false } as const;
    expect(accept(request, new Batch(), new Interpreter(), 0)).toMatchObject({ outcome: 'stored' });
  });
});

it('a request without a valid span is in the balance, with its reasons', () => {
  const batch = new Batch();
  const body = requestOf(spanMessage({ traceId: '' }), spanMessage({ spanId: '' }), spanMessage({ spanId: '' }));
  const request = { id: 1, project: 'p', signal: 'traces', body, json: false, gzip: false } as const;
  expect(accept(request, batch, new Interpreter(), 0)).toMatchObject({ outcome: 'none_valid', rejected: 3 });
  const balance = batch.project('p').balances.get('traces')!;
  expect(balance).toMatchObject({ received: 3, booked: 0, duplicate: 0, rejected: 3 });
  expect([...balance.reasons]).toEqual([
    ['invalid_trace_id', 1],
    ['invalid_span_id', 2],
  ]);
});

it('keeps the order of log records of one span that carry the same time', () => {
  const batch = new Batch();
  const [a, b] = ['00f067aa0ba902b7', 'b7ad6b7169203331'];
  const request = { id: 1, project: 'default', signal: 'logs', body: logs([a!, b!, a!, a!]), json: true, gzip: false } as const;
  expect(accept(request, batch, new Interpreter(), 0)).toMatchObject({ outcome: 'stored', rejected: 0 });
  const details = batch.project('default').details;
  expect(details.map(({ spanId, at, place }) => [spanId, at - AT, place])).toEqual([
    [a, 0n, 0],
    [b, 0n, 0],
    [a, 0n, 1],
    [a, 0n, 2],
  ]);
});

it('a request that fails half way leaves nothing in the batch', () => {
  class Faulty extends Interpreter {
    override interpret(...args: Parameters<Interpreter['interpret']>): ReturnType<Interpreter['interpret']> {
      const { drafts, markers } = super.interpret(...args);
      // A fault of ours that shows when the second draft is priced.
      const last = drafts.at(-1)!;
      Object.defineProperty(last, 'known', {
        get: () => {
          throw new Error('our fault');
        },
      });
      return { drafts, markers };
    }
  }
  const batch = new Batch();
  const spans = ['a', 'b'].map((id) => spanMessage({ spanId: id.repeat(16), attributes: { 'gen_ai.operation.name': 'chat' } }));
  const request = { id: 1, project: 'p', signal: 'traces', body: requestOf(...spans), json: false, gzip: false } as const;
  expect(() => accept(request, batch, new Faulty(), 0)).toThrow('our fault');
  expect(batch.project('p')).toMatchObject({ drafts: [], markers: [], details: [], balances: new Map() });
  expect(batch).toMatchObject({ rows: 0, bytes: 0 });
});
