import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Receiver } from '../../instrumentation/testing/receiver.ts';

vi.setConfig({ testTimeout: 20_000 });

const APP = fileURLToPath(new URL('./instrumentation/app.ts', import.meta.url));

let receiver: Receiver;
beforeEach(async () => {
  receiver = await Receiver.start();
});
afterEach(() => receiver.close());

interface Ended {
  code: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
}

function start(ending: string, env: Record<string, string> = {}): ChildProcess {
  const flags = ['--conditions=airuns-source', '--import', 'tsx'];
  // Longer than any test: what arrives did not arrive because the batch was due.
  const base = { PATH: process.env.PATH, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_BSP_SCHEDULE_DELAY: '600000' };
  return spawn(process.execPath, [...flags, APP, ending], { env: { ...base, ...env } });
}

async function end(child: ChildProcess): Promise<Ended> {
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    output.stderr += chunk;
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { code, signal, ...output };
}

const arrived = () => receiver.tasks.map((span) => span.name).sort();

describe('a process that ends sends what it has left, and ends as it would without us', () => {
  it.each([
    ['returns', { code: 0, stderr: '' }],
    ['exits', { code: 3, stderr: '' }],
    ['throws', { code: 1, stderr: expect.stringContaining('Error: boom') }],
    ['rejects', { code: 1, stderr: expect.stringContaining('Error: boom') }],
  ])('when it %s', async (ending, want) => {
    expect(await end(start(ending))).toMatchObject(want);
    expect(arrived()).toEqual(['call', 'work']);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('on %s', async (signal) => {
    const child = start('waits');
    const ended = end(child);
    await once(child.stdout!, 'data');
    child.kill(signal);
    expect(await ended).toMatchObject({ code: null, signal });
    expect(arrived()).toEqual(['call', 'work']);
  });

  it('on a signal the app handles itself', async () => {
    const child = start('waits with a listener of its own');
    const ended = end(child);
    await once(child.stdout!, 'data');
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 7, signal: null });
    expect(arrived()).toEqual(['call', 'work']);
  });

  it('after shutdown() there is nothing left to send', async () => {
    const { stdout } = await end(start('shuts down'));
    expect(JSON.parse(stdout)).toEqual({ exported: 2, pending: 0, dropped: { queueFull: 0, exportFailed: 0 } });
    expect(arrived()).toEqual(['call', 'work']);
  });

  it('sends again when the receiver is busy, and keeps content to itself when told so', async () => {
    let refusals = 0;
    receiver.answer = (request, response) => {
      // The marker may have got through before, or not.
      const refuse = request.spans.some((span) => span.name === 'call') && refusals++ === 0;
      response.writeHead(refuse ? 503 : 200).end();
    };
    expect(await end(start('exits', { AIRUNS_CAPTURE_CONTENT: 'metadata' }))).toMatchObject({ code: 3, stderr: '' });
    expect(arrived()).toEqual(['call', 'work']);
    expect(refusals).toBe(2);
    expect(JSON.stringify(receiver.requests)).not.toContain('Hi');
  });

  it.each([
    ['exits', 3],
    ['returns', 0],
  ])('without a receiver it ends all the same when it %s, and says what was lost', async (ending, want) => {
    const { code, stderr } = await end(start(ending, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }));
    expect(code).toBe(want);
    expect(stderr).toContain('spans dropped so far: 0 because the queue was full, 2 because the export failed');
  });
});
