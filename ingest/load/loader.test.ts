import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Store, StoreError } from '../../schema/index.ts';
import type { Journal, Segment } from '../journal/journal.ts';
import { Loader } from './loader.ts';

const segment = (batch: number): Segment => ({ batch, file: `/journal/${batch}.native`, token: `t${batch}`, bytes: 100 });

/** A store whose inserts end as the test says, and a journal that remembers what it let go. */
function start(syncDir: string | null = null) {
  const inserts: { file: string; token: string; done(): void; fail(error?: Error): void }[] = [];
  const loaded: number[] = [];
  const released: number[] = [];
  const troubles: string[] = [];
  let releaseFails = false;
  const store = {
    insertFile: (_table: string, file: string, token: string) =>
      new Promise<void>((done, fail) => {
        inserts.push({ file, token, done, fail: (error = new StoreError('unavailable', 'gone')) => fail(error) });
      }),
  } as unknown as Store;
  const journal = {
    release: async ({ batch }: Segment) => {
      if (releaseFails) throw new Error('EIO');
      released.push(batch);
    },
  } as unknown as Journal;
  const loader = new Loader({
    store,
    journal,
    syncDir,
    onLoaded: ({ batch }) => loaded.push(batch),
    onTrouble: (message) => troubles.push(message),
  });
  return { loader, inserts, loaded, released, troubles, failRelease: (fails: boolean) => (releaseFails = fails) };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const nth = <T>(list: readonly T[], n: number): Promise<T> => vi.waitFor(() => list[n] ?? Promise.reject(new Error('not yet')));

afterEach(() => vi.useRealTimers());

describe('batches', () => {
  it('go to the store one at a time and in order', async () => {
    const { loader, inserts, loaded } = start();
    loader.add(segment(1));
    loader.add(segment(2));
    await turn();
    expect(inserts.map(({ token }) => token)).toEqual(['t1']);
    expect(loader).toMatchObject({ queued: 2, queuedBytes: 200 });
    inserts[0]!.done();
    await nth(inserts, 1);
    expect(loaded).toEqual([1]);
    inserts[1]!.done();
    await loader.idle();
    expect(loaded).toEqual([1, 2]);
    expect(loader).toMatchObject({ queued: 0, queuedBytes: 0 });
  });

  it.each<[string, Error]>([
    ['unavailable', new StoreError('unavailable', 'gone')],
    ['overloaded', new StoreError('overloaded', 'too much')],
    ['in doubt', new StoreError('timeout', 'no answer')],
    ['refusing', new StoreError('refused', 'no such table')],
    ['broken', new Error('socket hang up')],
  ])('are repeated word for word while the store is %s, and nothing overtakes them', async (_name, error) => {
    vi.useFakeTimers();
    const { loader, inserts, loaded, troubles } = start();
    loader.add(segment(1));
    loader.add(segment(2));
    for (let i = 0; i < 20; i++) {
      await vi.waitFor(() => expect(inserts.length).toBe(i + 1));
      inserts[i]!.fail(error);
      await vi.advanceTimersByTimeAsync(5000);
    }
    await vi.waitFor(() => expect(inserts.length).toBe(21));
    expect(new Set(inserts.map(({ file, token }) => file + token)).size).toBe(1);
    expect(troubles).toHaveLength(20);
    expect(troubles[0]).toContain('t1');
    inserts[20]!.done();
    await vi.waitFor(() => expect(inserts.length).toBe(22));
    expect(inserts[21]!.token).toBe('t2');
    expect(loaded).toEqual([1]);
  });
});

describe('closing', () => {
  it('loads what is queued, then lets go of it', async () => {
    const { loader, inserts, loaded, released } = start();
    for (const batch of [1, 2]) loader.add(segment(batch));
    const closed = loader.close(60_000);
    (await nth(inserts, 0)).done();
    (await nth(inserts, 1)).done();
    await closed;
    expect([loaded, released]).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it('leaves in the journal what the store does not take in time', async () => {
    const { loader, inserts, released } = start();
    for (const batch of [1, 2]) loader.add(segment(batch));
    const closed = loader.close(60);
    (await nth(inserts, 0)).done();
    (await nth(inserts, 1)).fail();
    await closed;
    expect(released).toEqual([1]);
    expect(loader.queued).toBe(1);
  });

  it('does not wait for an insert that never ends', async () => {
    const { loader, inserts, released } = start();
    loader.add(segment(1));
    await nth(inserts, 0);
    const started = performance.now();
    await loader.close(50);
    expect(performance.now() - started).toBeLessThan(2000);
    expect(released).toEqual([]);
  });

  it('takes nothing on afterwards', async () => {
    const { loader, inserts } = start();
    await loader.close(50);
    loader.add(segment(1));
    await turn();
    expect(inserts).toEqual([]);
    expect(loader.queued).toBe(1);
  });
});

describe('a segment', () => {
  it('that cannot be removed is tried again', async () => {
    const { loader, inserts, released, troubles, failRelease } = start();
    loader.add(segment(1));
    (await nth(inserts, 0)).done();
    await loader.idle();
    failRelease(true);
    await loader.checkpoint();
    expect([released, troubles.length]).toEqual([[], 1]);
    failRelease(false);
    await loader.checkpoint();
    expect(released).toEqual([1]);
  });

  it('stays where the file system under the store cannot be synced', async () => {
    const { loader, inserts, released, troubles } = start('/no/such/folder');
    loader.add(segment(1));
    (await nth(inserts, 0)).done();
    await loader.idle();
    await loader.checkpoint();
    expect(released).toEqual([]);
    expect(troubles).toHaveLength(1);
  });
});
