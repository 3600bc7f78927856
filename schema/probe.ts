import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Store, StoreError } from './store.ts';

const SCRATCH = [
  'CREATE TABLE IF NOT EXISTS probe_in (token String) ENGINE = Null',
  `CREATE TABLE IF NOT EXISTS probe_out (token String, n UInt64, at DateTime) ENGINE = SummingMergeTree(n) ORDER BY token
    TTL at + INTERVAL 1 DAY SETTINGS non_replicated_deduplication_window = 100`,
  'CREATE MATERIALIZED VIEW IF NOT EXISTS probe_view TO probe_out AS SELECT token, count() AS n, now() AS at FROM probe_in GROUP BY token',
];

/**
 * Inserts one token twice through a view and counts. What a repeated insert does changed between ClickHouse versions, and every total of
 * the ledger rests on it, so it is tried at every start rather than believed. Rejects with StoreError `refused` if the count is not 1.
 */
export async function probeExactness(store: Store): Promise<void> {
  const token = randomUUID();
  const directory = await mkdtemp(join(tmpdir(), 'airuns-probe-'));
  try {
    const file = join(directory, 'probe.native');
    await writeFile(file, oneRow('token', token));
    for (const statement of SCRATCH) await store.command(statement);
    await store.insertFile('probe_in', file, token);
    await store.insertFile('probe_in', file, token);
  } finally {
    await rm(directory, { recursive: true });
  }
  const rows = await store.query<{ n: string }>('SELECT sum(n) AS n FROM probe_out WHERE token = {token:String}', { token });
  if (rows[0]?.n === '1') return;
  throw new StoreError('refused', `This ClickHouse counts one insert ${rows[0]?.n} times when it is repeated: use version 24.8 or newer.`);
}

/** A Native block of one row and one String column. All lengths are below 128, so each is a single byte. */
function oneRow(column: string, value: string): Buffer {
  const text = (s: string) => [Buffer.from([Buffer.byteLength(s)]), Buffer.from(s)];
  return Buffer.concat([Buffer.from([1, 1]), ...text(column), ...text('String'), ...text(value)]);
}
