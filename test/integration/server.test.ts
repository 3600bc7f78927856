import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.ts';
import { freePort, startServer, type TestServer, until } from '../support/server.ts';

let directory: string;
const started: TestServer[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'airuns-server-'));
});

afterEach(async () => {
  for (const server of started.splice(0)) await server.kill();
});

afterAll(() => rm(directory, { recursive: true, force: true }));

async function start(dataDir: string): Promise<TestServer> {
  const server = await startServer({ dataDir: join(directory, dataDir) });
  started.push(server);
  return server;
}

const env = (dataDir: string) => ({ AIRUNS_DATA_DIR: join(directory, dataDir) });

async function json<T>(url: string, init?: RequestInit): Promise<T> {
  const response = await fetch(url, init);
  expect(response.status, url).toBe(200);
  return (await response.json()) as T;
}

interface Balance {
  received: number;
  booked: number;
  duplicate: number;
  rejected: number;
}

/** Loading follows the answer to the sender; this waits for it. */
async function balanceOf(server: TestServer, received: number): Promise<Balance> {
  for (;;) {
    const balance = await json<Balance>(`${server.url}/api/ingest`);
    if (balance.received >= received) return balance;
  }
}

/** Spans in the samples that are booked, and what comes beside them: log records and markers, whose repeat is harmless and not counted as one. */
const SPANS = 275;
const BESIDE = 34;
const SAMPLES = SPANS + BESIDE;

const loadSamples = (server: TestServer) => json<{ sent: number; runs: number }>(`${server.url}/api/samples`, { method: 'POST' });

const CHECKS = ['runs', 'usage_hourly', 'usage_daily', 'ingest_log', 'messages', 'details', 'parts'];
const EXACT = {
  code: 0,
  out: expect.stringMatching(new RegExp(`^${CHECKS.map((name) => `ok    ${name}: [\\d,]+ (rows|parts)\\n`).join('')}$`)) as string,
  err: '',
};

describe('the server', () => {
  it('books the samples once, however often they are loaded, across restarts, and its books are exact', async () => {
    const first = await start('samples');
    const loaded = await loadSamples(first);
    const once = { received: SAMPLES, booked: SAMPLES, duplicate: 0, rejected: 0 };
    expect(await balanceOf(first, SAMPLES)).toMatchObject(once);
    const { runs } = await json<{ runs: { startedAt: string }[] }>(`${first.url}/api/runs?limit=200`);
    expect(runs).toHaveLength(loaded.runs);
    const ages = runs.map((run) => (Date.now() - Date.parse(run.startedAt)) / 3_600_000);
    expect(Math.min(...ages)).toBeGreaterThan(0);
    expect(Math.max(...ages)).toBeLessThan(24.1);
    expect(await first.stop()).toBe(0);

    const second = await start('samples');
    expect(await loadSamples(second)).toEqual(loaded);
    expect(await balanceOf(second, 2 * SAMPLES)).toMatchObject({
      received: 2 * SAMPLES,
      booked: SAMPLES + BESIDE,
      duplicate: SPANS,
      rejected: 0,
    });
    expect(await json(`${second.url}/api/runs?limit=200`)).toMatchObject({ runs });
    expect(await second.stop()).toBe(0);
    expect(await runCli(['verify'], env('samples'))).toEqual(EXACT);
  });

  it('loses nothing that it answered with 200 when it is killed', async () => {
    const server = await start('killed');
    await loadSamples(server);
    await server.kill();
    const again = await start('killed');
    expect(await balanceOf(again, SAMPLES)).toMatchObject({ received: SAMPLES, booked: SAMPLES, duplicate: 0, rejected: 0 });
    await again.stop();
    expect(await runCli(['verify'], env('killed'))).toEqual(EXACT);
  });

  it('says in one line that its port or its data is taken', async () => {
    const server = await start('taken');
    const samePort = await runCli(['start'], { ...env('other'), PORT: String(server.port) });
    expect(samePort).toMatchObject({
      code: 1,
      err: `Port ${server.port} is taken: stop the program that uses it, or choose another with PORT.\n`,
    });
    const sameData = await runCli(['start'], env('taken'));
    expect(sameData.code).toBe(1);
    expect(sameData.err).toMatch(new RegExp(`^The data directory \\S+ is in use by process ${server.pid}: .*AIRUNS_DATA_DIR\\.\n$`));
  });

  it('refuses to be open to others by accident, and lists every problem of its configuration', async () => {
    const open = await runCli(['start'], { HOST: '0.0.0.0' });
    expect(open).toMatchObject({ code: 1, err: expect.stringMatching(/^HOST: .*AIRUNS_OPEN=1.*\n$/) });
    const wrong = await runCli(['start'], { PORT: 'x', LOG_LEVEL: 'loud' });
    expect(wrong).toMatchObject({ code: 1, err: expect.stringMatching(/^PORT: .*\nLOG_LEVEL: .*\n$/) });
  });
});

describe('the command line', () => {
  it.each(['start', 'migrate', 'verify', 'doctor'])('explains %s', async (command) => {
    const { code, out } = await runCli([command, '--help'], {});
    expect(code).toBe(0);
    expect(out).toContain(`Usage: airuns ${command}`);
  });

  it('migrates once', async () => {
    expect(await runCli(['migrate'], env('migrated'))).toMatchObject({ code: 0, out: expect.stringContaining('0001_ledger.sql\n') });
    expect(await runCli(['migrate'], env('migrated'))).toEqual({ code: 0, out: 'nothing to do\n', err: '' });
  });

  it('finds what a start needs', async () => {
    const { out } = await runCli(['doctor'], env('doctor'));
    expect(out).toMatch(/^ok {4}node: /m);
    expect(out).toMatch(/^ok {4}database: embedded, ClickHouse [\d.]+, a repeated insert counts once$/m);
    await writeFile(join(directory, 'a-file'), '');
    const broken = await runCli(['doctor'], env('a-file/data'));
    expect(broken.code).toBe(1);
    expect(broken.out).toMatch(/^WRONG data directory: /m);
  });
});

/** It would build first where nothing is built. */
describe.runIf(process.env.AIRUNS_TEST_BUILT === '1')('npm start', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'takes the server with it when it alone gets %s',
    async (signal) => {
      const port = await freePort();
      const environment = { ...process.env, ...env(signal), PORT: String(port) };
      const start = spawn(process.execPath, ['scripts/start.mjs'], { stdio: 'ignore', env: environment, detached: true });
      const ready = () =>
        fetch(`http://127.0.0.1:${port}/readyz`).then(
          (answer) => answer.ok || null,
          () => null,
        );
      try {
        await until(ready, 'npm start is ready', 60);
        const exit = once(start, 'exit');
        start.kill(signal);
        expect(await exit).toEqual([0, null]);
        await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
      } finally {
        // Whatever is left of it: it leads a group of its own.
        try {
          process.kill(-start.pid!, 'SIGKILL');
        } catch {}
      }
    },
    90_000,
  );
});
