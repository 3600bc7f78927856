import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface Gateway {
  readonly port: number;
  /** http://user:password@host:port/database */
  url(database: string, password?: string): string;
  /** Ends the process at once, as a crash would. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the test's stand-in for a ClickHouse server on the data in `directory`. */
export async function startGateway(directory: string): Promise<Gateway> {
  const file = fileURLToPath(new URL('./clickhouse-gateway.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', file, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, UV_THREADPOOL_SIZE: '12' },
  });
  const [line] = (await once(child.stdout!, 'data')) as [Buffer];
  const port = Number(String(line).trim());
  return {
    port,
    url: (database, password = 'p@ss/word') => `http://tester:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`,
    kill: () => end(child, 'SIGKILL'),
    stop: () => end(child, 'SIGTERM'),
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}
