import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Journal } from '../../ingest/journal/journal.ts';
import { runCli } from '../support/cli.ts';

/** A folder with a journal of two batches of which the first is gone. */
async function withGap(dataDir: string): Promise<void> {
  const journal = await Journal.open(join(dataDir, 'journal'));
  await journal.release([await journal.append(Buffer.from('covered'))], null);
  const lost = await journal.append(Buffer.from('lost'));
  await journal.append(Buffer.from('kept'));
  await rm(lost.file);
}

it.each<[string, (dataDir: string) => Promise<void>, RegExp]>([
  ['is a file', async (dataDir) => rm(dataDir, { recursive: true }).then(() => writeFile(dataDir, '')), /AIRUNS_DATA_DIR/],
  ['has a file in the place of the journal', (dataDir) => writeFile(join(dataDir, 'journal'), ''), /journal/],
  ['has a journal that lacks a batch', withGap, /lacks the batch .*AIRUNS_ACCEPT_LOSS=1/],
])('case 42: a data directory that %s is refused at the start, in one line that says what to do', async (_name, prepare, line) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'airuns-dir-'));
  try {
    await prepare(dataDir);
    for (const command of ['start', 'verify']) {
      const { code, err } = await runCli([command], { AIRUNS_DATA_DIR: dataDir, LOG_LEVEL: 'silent' });
      const said = err.split('\n').filter((text) => text !== '' && !text.startsWith('Logging'));
      expect([code, said]).toEqual([1, [expect.stringMatching(line)]]);
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});
