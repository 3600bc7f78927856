import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a command of the program to its end, in a process of its own. */
export async function runCli(args: readonly string[], env: Readonly<Record<string, string>>, as: { uid?: number } = {}): Promise<Finished> {
  const built = process.env.AIRUNS_TEST_BUILT === '1';
  const program = built ? ['dist/server/cli.js'] : ['--import', 'tsx', '--conditions', 'airuns-source', 'server/cli.ts'];
  const child = spawn(process.execPath, [...program, ...args], {
    cwd: ROOT,
    ...as,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, UV_THREADPOOL_SIZE: '12', PORT: '0', ...env },
  });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: child.exitCode, out, err };
}

/** What a command said on stderr but for the engine's own line on where its log is. */
export const withoutEngine = (err: string): string => err.replace(/^Logging \w+ to .*\n/gm, '');
