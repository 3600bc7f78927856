import { randomBytes } from 'node:crypto';
import { expect, it, vi } from 'vitest';
import { freePorts, validate } from '../collector/process.ts';
import { describeCollector } from '../collector/rig.ts';
import { startSink } from '../collector/sink.ts';

const soon = { timeout: 30_000, interval: 50 };

describeCollector('the collector, as configured', ({ program, directory, start, own }) => {
  const sink = async (port?: number) => own(await startSink(port), (it) => it.close());

  it.each([
    ['agent', {}],
    ['gateway', { GATEWAY_AGENTS: '[agent-1:4317, agent-2:4317]' }],
  ] as const)('%s.yaml is valid', async (role, settings) => {
    await expect(validate(program(), role, settings)).resolves.toBeUndefined();
  });

  it('a gateway without agents is refused', async () => {
    await expect(validate(program(), 'gateway', {})).rejects.toThrow('no endpoints specified');
  });

  it('the agent keeps what it took, through its own crash and while nobody listens', async () => {
    const queue = await directory();
    const [port = 0] = await freePorts(1);
    const settings = { AIRUNS_ENDPOINT: `http://127.0.0.1:${port}` };
    const first = await start('agent', queue, settings);
    const traces = [newTrace(1), newTrace(1)];
    for (const trace of traces) expect(await send(first.url, '/v1/traces', trace.spans)).toBe(200);
    expect(await send(first.url, '/v1/logs', logRecord('kept-log-record'))).toBe(200);
    await first.kill();

    const listener = await sink(port);
    await start('agent', queue, settings);
    await vi.waitFor(() => {
      for (const trace of traces) expect(listener.has('/v1/traces', trace.id)).toBe(true);
      expect(listener.has('/v1/logs', Buffer.from('kept-log-record'))).toBe(true);
    }, soon);
  });

  it('the gateway keeps each trace together, whichever request brings its spans', async () => {
    const servers = [await sink(), await sink()];
    const agents = await Promise.all(servers.map(async ({ url }) => start('agent', await directory(), { AIRUNS_ENDPOINT: url })));
    const gateway = await start('gateway', await directory(), { GATEWAY_AGENTS: `[${agents.map(({ grpc }) => grpc).join(', ')}]` });
    const traces = Array.from({ length: 40 }, () => newTrace(3));
    for (const i of [0, 1, 2]) {
      const mixed = { resourceSpans: [{ scopeSpans: [{ spans: traces.map((trace) => trace.list[i]) }] }] };
      expect(await send(gateway.url, '/v1/traces', mixed)).toBe(200);
    }

    const holders = (bytes: Buffer): number[] => servers.flatMap((server, i) => (server.has('/v1/traces', bytes) ? [i] : []));
    await vi.waitFor(() => {
      for (const trace of traces) for (const span of trace.spanIds) expect(holders(span)).toHaveLength(1);
    }, soon);
    for (const trace of traces) expect(holders(trace.id)).toHaveLength(1);
    expect(new Set(traces.flatMap((trace) => holders(trace.id)))).toEqual(new Set([0, 1]));
  });
});

async function send(url: string, path: string, body: unknown): Promise<number> {
  const answer = await fetch(url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return answer.status;
}

/** A trace of so many spans: its ids as bytes, and the spans as OTLP/JSON, one by one and as a request. */
function newTrace(count: number) {
  const id = randomBytes(16);
  const spanIds = Array.from({ length: count }, () => randomBytes(8));
  const list = spanIds.map((spanId) => ({
    traceId: id.toString('hex'),
    spanId: spanId.toString('hex'),
    name: 'chat',
    kind: 3,
    startTimeUnixNano: '1793491200000000000',
    endTimeUnixNano: '1793491201000000000',
  }));
  return { id, spanIds, list, spans: { resourceSpans: [{ scopeSpans: [{ spans: list }] }] } };
}

function logRecord(text: string) {
  return { resourceLogs: [{ scopeLogs: [{ logRecords: [{ timeUnixNano: '1793491200000000000', body: { stringValue: text } }] }] }] };
}
