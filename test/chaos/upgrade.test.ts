import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate, openStore } from '../../schema/index.ts';
import { random } from '../bench/payload.ts';
import { runCli, withoutEngine } from '../support/cli.ts';
import { entries } from '../support/ledger.ts';
import { writeNative } from '../support/native.ts';
import { spawnServer, startServer } from '../support/server.ts';
import { ask } from './in-world.ts';

const MIGRATIONS = fileURLToPath(new URL('../../schema/migrations/', import.meta.url));
/** All there were in version 0.1. */
const OLD = ['0001_ledger.sql', '0002_views.sql'];

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'airuns-upgrade-'));
  await mkdir(join(folder, 'migrations'));
  for (const name of OLD) await copyFile(join(MIGRATIONS, name), join(folder, 'migrations', name));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const ROWS = entries({ span: 1, received: 3 }, { span: 2 }, { span: 2, sign: -1 }, { span: 2, ver: 2, inputTokens: 7 });
const LEFT = entries({ span: 3, inputTokens: 1000, received: 1 });

/** A data folder as version 0.1 leaves it: its schema, a loaded batch, and one that was acknowledged and not loaded before it was killed. */
async function oldFolder(name: string): Promise<string> {
  const dataDir = join(folder, name);
  await mkdir(join(dataDir, 'journal'), { recursive: true });
  const store = await openStore({ engine: 'embedded', path: join(dataDir, 'store') });
  await migrate(store, join(folder, 'migrations'));
  const loaded = join(folder, `${name}-loaded.native`);
  writeNative(loaded, ROWS);
  await store.insertFile('inbox', loaded, '00000001-0a1b2c3d-0000000001');
  await store.close();
  writeNative(join(dataDir, 'journal', '00000001-0a1b2c3d-0000000002.native'), LEFT);
  return dataDir;
}

interface Totals {
  calls: string;
  tokens: string;
}

async function expectWhole(dataDir: string): Promise<void> {
  expect(await runCli(['verify'], { AIRUNS_DATA_DIR: dataDir })).toMatchObject({ code: 0, err: '' });
  const store = await openStore({ engine: 'embedded', path: join(dataDir, 'store') });
  const [totals] = await store.query<Totals>('SELECT toString(sum(llm_calls)) AS calls, toString(sum(input_tokens)) AS tokens FROM runs');
  await store.close();
  expect(totals).toEqual({ calls: '3', tokens: String(100 + 7 + 1000) });
}

describe('case 62: a data folder of version 0.1', () => {
  it('is taken over with all its data, and what waited in its journal is loaded once', async () => {
    const dataDir = await oldFolder('taken-over');
    for (let start = 0; start < 2; start++) {
      const server = await startServer({ dataDir });
      expect((await ask(`${server.url}/api/runs`)).status).toBe(200);
      expect(await server.stop()).toBe(0);
    }
    await expectWhole(dataDir);
  });

  it('is taken over although the process is killed again and again while it is', { timeout: 300_000 }, async () => {
    const dataDir = await oldFolder('killed');
    const next = random(62);
    for (let kills = 0; kills < 6; kills++) {
      const server = await spawnServer({ dataDir });
      await new Promise((done) => setTimeout(done, 100 + next() * 1500));
      await server.kill();
    }
    const server = await startServer({ dataDir });
    expect(await server.stop()).toBe(0);
    await expectWhole(dataDir);
  });

  it('is refused by a version that is older than it, in one line that says what to do', async () => {
    const dataDir = await oldFolder('newer');
    const store = await openStore({ engine: 'embedded', path: join(dataDir, 'store') });
    await store.command("INSERT INTO migrations VALUES ('9999_later.sql', 0, 1, 'x', now64(3))");
    await store.close();
    const { code, err } = await runCli(['start'], { AIRUNS_DATA_DIR: dataDir });
    expect(withoutEngine(err)).toBe(
      'The database has the migration 9999_later.sql, which this version does not know: start the newer version.\n',
    );
    expect(code).toBe(1);
  });
});
