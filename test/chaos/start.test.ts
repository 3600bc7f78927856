import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Finished, runCli, withoutEngine } from '../support/cli.ts';
import { startServer } from '../support/server.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'airuns-start-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const start = (dataDir: string, as: { uid?: number } = {}): Promise<Finished> =>
  runCli(['start'], { AIRUNS_DATA_DIR: dataDir, LOG_LEVEL: 'silent' }, as);

/** Fails, in one line that names what to change. */
function expectOneLine({ code, err }: Finished): void {
  expect(withoutEngine(err)).toMatch(/^[^\n]*AIRUNS_DATA_DIR[^\n]*\n$/);
  expect(code).toBe(1);
}

describe('case 42: a data folder that cannot be used', () => {
  it('is a file', async () => {
    const path = join(folder, 'file');
    await writeFile(path, '');
    expectOneLine(await start(path));
  });

  it('cannot be made', async () => {
    await writeFile(join(folder, 'no-folder'), '');
    expectOneLine(await start(join(folder, 'no-folder', 'data')));
  });

  it('has a journal that cannot be one', async () => {
    const path = join(folder, 'odd');
    await mkdir(path);
    await writeFile(join(path, 'journal'), '');
    expectOneLine(await start(path));
  });

  it('is not ours to write', async () => {
    const path = join(folder, 'read-only');
    await mkdir(path);
    await chmod(path, 0o555);
    // Root may write everywhere, so it asks as nobody.
    const nobody = process.getuid?.() === 0 ? { uid: 65_534 } : {};
    await chmod(folder, 0o755);
    expectOneLine(await start(path, nobody));
  });

  it('is in use by another server', async () => {
    const server = await startServer({ dataDir: join(folder, 'used') });
    expectOneLine(await start(join(folder, 'used')));
    await server.kill();
  });
});
