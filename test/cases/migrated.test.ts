import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { migrate, openStore, verifyBooks } from '../../schema/index.ts';
import { entries } from '../support/ledger.ts';
import { writeNative } from '../support/native.ts';

it('case 62: what the process that migrated has loaded counts once when the next one repeats it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'airuns-migrated-'));
  const file = join(directory, 'batch.native');
  writeNative(file, entries({ received: 2 }, { span: 2 }));
  const open = () => openStore({ engine: 'embedded', path: join(directory, 'store'), log: false });
  const books =
    'SELECT (SELECT sum(tasks) FROM runs) AS runs, (SELECT sum(tasks) FROM usage_hourly) AS hours, (SELECT sum(received) FROM ingest_log) AS received';
  try {
    const first = await open();
    await migrate(first);
    await first.insertFile('inbox', file, 'batch');
    await first.close();
    const second = await open();
    await second.insertFile('inbox', file, 'batch');
    expect(await second.query(books)).toEqual([{ runs: '2', hours: '2', received: '2' }]);
    expect((await verifyBooks(second)).filter(({ mismatches }) => mismatches.length > 0)).toEqual([]);
    await second.close();
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
