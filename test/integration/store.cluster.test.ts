import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toCluster } from '../../schema/cluster.ts';
import { openStore, type Store } from '../../schema/index.ts';
import { statementsOf } from '../../schema/statements.ts';

const migrations = new URL('../../schema/migrations/', import.meta.url);
let directory: string;
let store: Store;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'airuns-cluster-'));
  store = await openStore({ engine: 'embedded', path: directory });
});

afterAll(async () => {
  await store?.close();
  await rm(directory, { recursive: true, force: true });
});

/** There is no cluster to run them on; the engine has the same parser. */
it('every cluster statement of the migrations parses', async () => {
  const files = readdirSync(migrations).sort();
  const statements = files.flatMap((name) => statementsOf(readFileSync(new URL(name, migrations), 'utf8'))).flatMap(toCluster);
  expect(statements.length).toBeGreaterThan(20);
  for (const sql of statements) {
    const [row] = await store.query<{ text: string }>('SELECT formatQuerySingleLine({sql:String}) AS text', { sql });
    expect(row?.text).toContain('ON CLUSTER');
  }
});
