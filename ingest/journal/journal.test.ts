import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Journal } from './journal.ts';

/** Which calls to the file system fail, by name and number; none by default. */
const disk = vi.hoisted(() => ({ calls: [] as string[], fails: (_call: string, _number: number): boolean => false }));

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const guarded =
    <A extends unknown[], R>(name: string, call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      disk.calls.push(name);
      if (disk.fails(name, disk.calls.length)) throw Object.assign(new Error(`EIO: ${name}`), { code: 'EIO' });
      return call(...args);
    };
  const open = guarded('open', async (...args: Parameters<typeof real.open>) => {
    const handle = await real.open(...args);
    for (const method of ['writeFile', 'datasync', 'sync'] as const) {
      const call = handle[method].bind(handle) as (...a: unknown[]) => Promise<void>;
      Object.assign(handle, { [method]: guarded(method, call) });
    }
    return handle;
  });
  return { ...real, open, rename: guarded('rename', real.rename), rm: guarded('rm', real.rm) };
});

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airuns-journal-'));
  disk.calls.length = 0;
});
afterEach(async () => {
  disk.fails = () => false;
  await rm(dir, { recursive: true });
});

const block = (text: string): Buffer => Buffer.from(text);
/** What the next process will load. */
const leftBehind = async (): Promise<string[]> => {
  const { left } = await Journal.open(dir);
  return Promise.all(left.map((segment) => readFile(segment.file, 'utf8')));
};

describe('a batch', () => {
  it('that was appended is found by the next process, in order', async () => {
    const journal = await Journal.open(dir);
    for (let i = 0; i < 12; i++) await journal.append(block(`batch ${i}`));
    expect(await leftBehind()).toEqual(Array.from({ length: 12 }, (_, i) => `batch ${i}`));
  });

  it('that was released is not', async () => {
    const journal = await Journal.open(dir);
    const first = await journal.append(block('first'));
    await journal.append(block('second'));
    await journal.release(first);
    expect(await leftBehind()).toEqual(['second']);
    await expect(journal.release(first)).resolves.toBeUndefined();
  });

  it('that was being written when the process ended is not, and is cleared away', async () => {
    await Journal.open(dir);
    await writeFile(join(dir, '00000001-x-0000000001.native.tmp'), 'half');
    expect(await leftBehind()).toEqual([]);
    expect((await readdir(dir)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('has a token that no other batch ever had, in whatever process', async () => {
    const tokens: string[] = [];
    for (let process = 0; process < 3; process++) {
      const journal = await Journal.open(dir);
      for (let i = 0; i < 3; i++) {
        const segment = await journal.append(block('x'));
        tokens.push(segment.token);
        if (i === 1) await journal.release(segment);
      }
    }
    expect(new Set(tokens).size).toBe(9);
    expect(tokens).toEqual([...tokens].sort());
  });

  it.each(['', 'nonsense', '1', 'NaN 123e4567'])('has one also where the count of processes is damaged: %j', async (text) => {
    const tokens: string[] = [];
    for (let process = 0; process < 3; process++) {
      await Journal.open(dir);
      if (process === 0) await writeFile(join(dir, 'epoch'), text);
      const segment = await (await Journal.open(dir)).append(block('x'));
      tokens.push(segment.token);
      await rm(segment.file);
    }
    expect(new Set(tokens).size).toBe(3);
  });

  it('counts on from those that were left', async () => {
    await (await Journal.open(dir)).append(block('left'));
    const journal = await Journal.open(dir);
    expect(journal.left.map(({ batch }) => batch)).toEqual([1]);
    expect((await journal.append(block('new'))).batch).toBe(2);
  });
});

describe('a disk that fails', () => {
  /** Calls of one append that works. */
  async function callsOfAnAppend(): Promise<string[]> {
    const journal = await Journal.open(dir);
    disk.calls.length = 0;
    const { file } = await journal.append(block('probe'));
    const calls = [...disk.calls];
    await rm(file);
    return calls;
  }

  it('at any call of an append leaves no batch that was not acknowledged', async () => {
    const calls = await callsOfAnAppend();
    expect(calls).toEqual(['open', 'writeFile', 'datasync', 'rename', 'open', 'sync']);
    for (let n = 1; n <= calls.length; n++) {
      const journal = await Journal.open(dir);
      disk.calls.length = 0;
      disk.fails = (_call, number) => number === n;
      await expect(journal.append(block('lost')), calls[n - 1]).rejects.toThrow('EIO');
      disk.fails = () => false;
      expect(await leftBehind()).toEqual([]);
    }
  });

  it('and cannot even remove it takes no further batch until it can', async () => {
    const calls = await callsOfAnAppend();
    for (let n = 1; n <= calls.length; n++) {
      const journal = await Journal.open(dir);
      disk.calls.length = 0;
      disk.fails = (call, number) => number === n || call === 'rm';
      await expect(journal.append(block('lost'))).rejects.toThrow('EIO');
      // Its sender was told to come again, and its spans may now be booked by another batch: both would count.
      disk.fails = (call) => call === 'rm';
      await journal.append(block('refused')).catch(() => undefined);
      disk.fails = () => false;
      const next = await journal.append(block('kept'));
      const left = await leftBehind();
      expect(left, calls[n - 1]).not.toContain('lost');
      expect(left.at(-1)).toBe('kept');
      await rm(next.file);
      for (const name of await readdir(dir)) if (name.endsWith('.native')) await rm(join(dir, name));
    }
  });

  it('makes no journal where the folder cannot be made', async () => {
    await writeFile(join(dir, 'file'), '');
    await expect(Journal.open(join(dir, 'file', 'journal'))).rejects.toThrow();
  });
});
