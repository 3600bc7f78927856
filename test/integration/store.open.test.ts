import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { migrate, openStore, type Store, startThread, storeHandle } from '../../schema/index.ts';
import { probeExactness } from '../../schema/probe.ts';
import { startGateway } from '../support/gateway.ts';
import { writeNative } from '../support/native.ts';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'airuns-open-'));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

describe('the embedded engine', () => {
  it('refuses a directory that another process uses, in one line that names the fix', async () => {
    const path = join(directory, 'taken');
    const code = `const { Session } = require('chdb'); new Session(process.argv[1]); console.log('open'); setInterval(() => {}, 1000);`;
    const other = spawn(process.execPath, ['-e', code, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(other.stdout, 'data');
    const failure = await openStore({ engine: 'embedded', path }).catch((error) => error);
    other.kill('SIGKILL');
    await once(other, 'exit');

    expect(failure).toMatchObject({ name: 'StoreError', reason: 'unavailable' });
    expect(failure.message).toBe(
      `The data directory ${path} is in use by process ${other.pid}: stop it, or choose another directory with AIRUNS_DATA_DIR.`,
    );
    const store = await openStore({ engine: 'embedded', path });
    await store.close();
  });

  it('refuses a directory that cannot be made', async () => {
    const file = join(directory, 'a-file');
    await writeFile(file, '');
    await expect(openStore({ engine: 'embedded', path: join(file, 'data') })).rejects.toMatchObject({
      reason: 'unavailable',
      message: expect.stringContaining('AIRUNS_DATA_DIR'),
    });
  });

  it('serves a thread of ours through a handle', async () => {
    const config = { engine: 'embedded', path: join(directory, 'threads') } as const;
    const store = await openStore(config);
    const { handle, transfer } = storeHandle(store, config);
    const thread = startThread('../support/store-thread', import.meta.url, handle, transfer);
    const [answer] = await once(thread, 'message');
    await once(thread, 'exit');
    expect(answer).toEqual([{ text: 'from a thread', n: '3' }]);
    expect(await store.query('SELECT 1 AS x')).toEqual([{ x: 1 }]);
    await store.close();
  });
});

describe('the remote engine', () => {
  it.each([
    ['nobody listens', 'http://tester:x@127.0.0.1:1/airuns', 'unavailable'],
    ['the URL names no database', 'http://tester:x@127.0.0.1:1', 'refused'],
  ])('fails to open when %s', async (_name, url, reason) => {
    await expect(openStore({ engine: 'remote', url })).rejects.toMatchObject({ name: 'StoreError', reason });
  });

  it('fails to open with a wrong password, works with the right one, and calls a dead server unavailable', async () => {
    const gateway = await startGateway(join(directory, 'server'));
    const wrong = openStore({ engine: 'remote', url: gateway.url('airuns', 'wrong') });
    await expect(wrong).rejects.toMatchObject({ reason: 'unavailable', code: 516 });

    const store = await openStore({ engine: 'remote', url: gateway.url('airuns') });
    const file = join(directory, 'rows.native');
    writeNative(file, 'SELECT toString(number) AS token FROM numbers(10)');
    await store.insertFile('probe_in', file, 't');
    await gateway.kill();
    await expect(store.insertFile('probe_in', file, 't')).rejects.toMatchObject({ reason: 'unavailable' });
    await expect(store.query('SELECT 1')).rejects.toMatchObject({ reason: 'unavailable' });
    await store.close();
  });
});

describe('the proof of exactness', () => {
  it('refuses an engine that books a repeated insert twice', async () => {
    const store = await openStore({ engine: 'embedded', path: join(directory, 'probe') });
    let calls = 0;
    const forgetful: Store = {
      engine: store.engine,
      query: (...args) => store.query(...args),
      command: (...args) => store.command(...args),
      insertFile: (table, file, token) => store.insertFile(table, file, `${token}-${calls++}`),
      close: () => store.close(),
    };
    await expect(probeExactness(forgetful)).rejects.toMatchObject({ reason: 'refused', message: expect.stringContaining('2 times') });
    await expect(probeExactness(store)).resolves.toBeUndefined();
    await store.close();
  });
});

describe('migrations', () => {
  let store: Store;
  let files: string;
  let round = 0;

  beforeEach(async () => {
    round++;
    files = join(directory, `migrations-${round}`);
    await mkdir(files);
    await writeFile(join(files, '0001_a.sql'), one);
    await writeFile(join(files, '0002_b.sql'), two);
    store = await openStore({ engine: 'embedded', path: join(directory, `migrated-${round}`) });
    return () => store.close();
  });

  const one = '-- A comment; with a semicolon.\nCREATE TABLE a (n UInt8) ENGINE = Memory;\n\nINSERT INTO a VALUES (1);\n';
  const two = 'CREATE TABLE b (n UInt8) ENGINE = MergeTree ORDER BY n;\nALTER TABLE b ADD COLUMN m UInt8;\nINSERT INTO a VALUES (2);\n';

  it('run in order, once', async () => {
    expect(await migrate(store, files)).toEqual(['0001_a.sql', '0002_b.sql']);
    expect(await migrate(store, files)).toEqual([]);
    expect(await store.query('SELECT n FROM a ORDER BY n')).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('go on where they were cut off', async () => {
    await writeFile(join(files, '0002_b.sql'), two.replace('INSERT INTO a', 'INSERT INTO nowhere'));
    await expect(migrate(store, files)).rejects.toMatchObject({ reason: 'refused', code: 60 });
    // As if the process had died after the statement ran and before that was recorded.
    await store.command("DELETE FROM migrations WHERE name = '0002_b.sql' AND step = 1 SETTINGS mutations_sync = 1");
    await store.command('CREATE TABLE nowhere (n UInt8) ENGINE = Memory');
    expect(await migrate(store, files)).toEqual(['0002_b.sql']);
    expect(await store.query('SELECT n FROM nowhere')).toEqual([{ n: 2 }]);
    expect(await store.query('SELECT n FROM a')).toEqual([{ n: 1 }]);
  });

  it('refuse a file that was edited after it ran', async () => {
    await migrate(store, files);
    await writeFile(join(files, '0001_a.sql'), `${one}\n`);
    await expect(migrate(store, files)).rejects.toMatchObject({
      reason: 'refused',
      message: expect.stringContaining('0001_a.sql was edited'),
    });
  });

  it('refuse a database that is newer than the program', async () => {
    await migrate(store, files);
    await rm(join(files, '0002_b.sql'));
    await expect(migrate(store, files)).rejects.toMatchObject({ reason: 'refused', message: expect.stringContaining('0002_b.sql') });
  });
});
