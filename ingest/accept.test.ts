import { expect, it } from 'vitest';
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

it('keeps the order of log records of one span that carry the same time', () => {
  const batch = new Batch();
  const [a, b] = ['00f067aa0ba902b7', 'b7ad6b7169203331'];
  const request = { id: 1, project: 'default', signal: 'logs', body: logs([a!, b!, a!, a!]), json: true, gzip: false } as const;
  expect(accept(request, batch, new Interpreter(), 0)).toMatchObject({ outcome: 'stored', rejected: 0 });
  const details = batch.project('default').details;
  expect(details.map(({ spanId, at }) => [spanId, at - AT])).toEqual([
    [a, 0n],
    [b, 0n],
    [a, 1n],
    [a, 2n],
  ]);
});
