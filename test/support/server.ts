import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** What is kept of a server's output, the end of it. */
const MAX_OUTPUT = 1_000_000;

export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly dataDir: string;
  /** Everything it printed. */
  output(): string;
  /** Ends the process at once, as a crash would. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code once it has drained. */
  stop(): Promise<number | null>;
}

export interface ServerOptions {
  /** A fresh temporary folder by default. */
  dataDir?: string;
  port?: number;
  env?: Readonly<Record<string, string>>;
}

/** A server that was started and may not serve yet. */
export interface SpawnedServer extends TestServer {
  /** Resolves when `/readyz` answers 200; rejects with what it printed if it ends before. */
  ready(): Promise<void>;
}

/** Starts the real server as {@link spawnServer} does and resolves when it is ready. */
export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const server = await spawnServer(options);
  await server.ready();
  return server;
}

/**
 * Starts the real server as a process of its own. It runs the built program where AIRUNS_TEST_BUILT is set (as `npm test` does after the
 * build), otherwise the sources.
 */
export async function spawnServer(options: ServerOptions = {}): Promise<SpawnedServer> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'airuns-test-'));
  const port = options.port ?? (await freePort());
  const built = process.env.AIRUNS_TEST_BUILT === '1';
  const program = built ? ['dist/server/cli.js'] : ['--import', 'tsx', '--conditions', 'airuns-source', 'server/cli.ts'];
  const child = spawn(process.execPath, [...program, 'start'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, UV_THREADPOOL_SIZE: '12', HOST: '127.0.0.1', PORT: String(port), AIRUNS_DATA_DIR: dataDir, ...options.env },
  });
  let output = '';
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-MAX_OUTPUT)));
  const url = `http://127.0.0.1:${port}`;
  return {
    ready: () => untilReady(url, child, () => output),
    url,
    port,
    pid: child.pid!,
    dataDir,
    output: () => output,
    kill: async () => {
      await end(child, 'SIGKILL');
    },
    stop: () => end(child, 'SIGTERM'),
  };
}

async function untilReady(url: string, child: ChildProcess, output: () => string): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const end = child.exitCode ?? child.signalCode;
    if (end !== null) throw new Error(`the server ended with ${end}:\n${output()}`);
    if (Date.now() > deadline) throw new Error(`the server is not ready after 60 s:\n${output()}`);
    const ready = await fetch(`${url}/readyz`).then(
      (r) => r.status === 200,
      () => false,
    );
    if (ready) return;
    await new Promise((again) => setTimeout(again, 50));
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exit = once(child, 'exit');
  child.kill(signal);
  const [code] = (await exit) as [number | null];
  return code;
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Polls `check` until it gives a value that is not null. Rejects with what `what` says after `seconds`. */
export async function until<T>(check: () => Promise<T | null>, what: string, seconds = 30): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const value = await check();
    if (value !== null) return value;
    if (Date.now() > deadline) throw new Error(`timed out after ${seconds} s: ${what}`);
    await new Promise((again) => setTimeout(again, 50));
  }
}
