import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Makes everything that was written to the file system of `dir` durable. Only Linux can sync one file system; elsewhere all are synced. */
export async function syncFileSystem(dir: string): Promise<void> {
  await (process.platform === 'linux' ? run('sync', ['-f', dir]) : run('sync'));
}
