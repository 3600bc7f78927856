import { spawnSync } from 'node:child_process';

/** Writes the rows of a SELECT into `file` as Native blocks, with an engine of its own, as a writer of batches would. */
export function writeNative(file: string, select: string): void {
  const code = `const { query } = require('chdb'); query(process.argv[1])`;
  const sql = `${select} INTO OUTFILE '${file}' FORMAT Native`;
  const done = spawnSync(process.execPath, ['-e', code, sql], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(done.stderr);
}
