import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Store, StoreError } from '../../schema/index.ts';
import type { Journal, Segment } from '../journal/journal.ts';
import { HalfBooked, Loader, MAX_BATCHES } from './loader.ts';

const segment = (batch: number): Segment => ({ batch, file: `/journal/${batch}.native`, token: `t${batch}`, bytes: 100, at: batch });

/** A store whose inserts end as the test says, and a journal that remembers what it let go. */
function start(syncDir: string | null = null) {
  const inserts: { file: string; token: string; done(): void; fail(error?: Error): void }[] = [];
  const loaded: number[] = [];
  const released: number[] = [];
  const troubles: string[] = [];
  const notes: unknown[] = [];
  const examined: { batch: number; retained: number[] }[] = [];
  let releaseFails = false;
  let leavesOut = false;
  let half = 0;
  const store = {
    insertFile: (_table: string, file: string, token: string) =>
      new Promise<void>((done, fail) => {
        inserts.push({ file, token, done, fail: (error = new StoreError('unavailable', 'gone')) => fail(error) });
      }),
  } as unknown as Store;
  const journal = {
    remember: async (note: unknown) => {
      notes.push(note);
    },
    release: async (segments: readonly Segment[], note: unknown) => {
      if (releaseFails) throw new Error('EIO');
      released.push(...segments.map(({ batch }) => batch));
      notes.push(note);
    },
  } as unknown as Journal;
  const loader = new Loader({
    store,
    journal,
    syncDir,
    note: async (since) => `since ${since}`,
    refused: async ({ batch }, _error, retained) => {
      examined.push({ batch, retained: retained.map((one) => one.batch) });
      if (half-- > 0) throw new HalfBooked('cut');
      return leavesOut;
    },
    onLoaded: ({ batch }) => loaded.push(batch),
    onTrouble: (message) => troubles.push(message),
  });
  return {
    ...{ loader, inserts, loaded, released, troubles, notes, examined },
    failRelease: (fails: boolean) => (releaseFails = fails),
    leaveOut: () => (leavesOut = true),
    /** So many times it is cut short. */
    leaveOutHalf: (times: number) => {
      leavesOut = true;
      half = times;
    },
  };
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
    // What of the second one is in the store is not known, so neither is what was there before it: the first stays, too.
    expect(released).toEqual([]);
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

describe('a batch that the store refuses', () => {
  const refusal = (): StoreError => new StoreError('refused', 'constraint');

  it('is looked into from the second time on, with those that are loaded and still there', async () => {
    vi.useFakeTimers();
    const { loader, inserts, examined, loaded, leaveOut } = start();
    for (const batch of [1, 2, 3]) loader.add(segment(batch));
    await vi.waitFor(() => expect(inserts.length).toBe(1));
    inserts[0]!.done();
    await vi.waitFor(() => expect(inserts.length).toBe(2));
    inserts[1]!.fail(refusal());
    await vi.advanceTimersByTimeAsync(5000);
    await vi.waitFor(() => expect(inserts.length).toBe(3));
    expect(examined).toEqual([]);
    leaveOut();
    inserts[2]!.fail(refusal());
    await vi.waitFor(() => expect(inserts.length).toBe(4));
    expect(examined).toEqual([{ batch: 2, retained: [1] }]);
    expect([loaded, inserts[3]!.token]).toEqual([[1, 2], 't3']);
  });

  it('is remembered as loaded at once, because its token must never come again', async () => {
    vi.useFakeTimers();
    const { loader, inserts, released, leaveOut } = start();
    leaveOut();
    loader.add(segment(1));
    for (const i of [0, 1]) {
      await vi.waitFor(() => expect(inserts.length).toBe(i + 1));
      inserts[i]!.fail(refusal());
      await vi.advanceTimersByTimeAsync(100);
    }
    await vi.waitFor(() => expect(released).toEqual([1]));
  });

  it('is never inserted again once a part of it is booked without its token', async () => {
    vi.useFakeTimers();
    const { loader, inserts, examined, loaded, leaveOutHalf } = start();
    leaveOutHalf(3);
    loader.add(segment(1));
    for (const i of [0, 1]) {
      await vi.waitFor(() => expect(inserts.length).toBe(i + 1));
      inserts[i]!.fail(refusal());
      await vi.advanceTimersByTimeAsync(100);
    }
    await vi.advanceTimersByTimeAsync(30_000);
    expect([examined.length, inserts.length, loaded]).toEqual([4, 2, [1]]);
  });

  it('for a reason that lies elsewhere is repeated, and looked into now and then', async () => {
    vi.useFakeTimers();
    const { loader, inserts, examined } = start();
    loader.add(segment(1));
    for (let i = 0; i < 30; i++) {
      await vi.waitFor(() => expect(inserts.length).toBe(i + 1));
      inserts[i]!.fail(refusal());
      await vi.advanceTimersByTimeAsync(5000);
    }
    // 30 tries take some two minutes.
    expect(examined.length).toBeGreaterThan(1);
    expect(examined.length).toBeLessThan(5);
  });
});

describe('a job', () => {
  it('has the store to itself, between two batches', async () => {
    const { loader, inserts } = start();
    loader.add(segment(1));
    loader.add(segment(2));
    await nth(inserts, 0);
    let end!: () => void;
    const job = loader.exclusive(() => new Promise<string>((done) => (end = () => done('result'))));
    inserts[0]!.done();
    await vi.waitFor(() => expect(end).toBeDefined());
    await turn();
    expect(inserts.length).toBe(1);
    end();
    expect(await job).toBe('result');
    await nth(inserts, 1);
  });

  it.each([0, 1, 2, 3, 4, 5])('has its turn also where it comes %d ticks after another one', async (ticks) => {
    const { loader } = start();
    await loader.exclusive(async () => undefined);
    for (let i = 0; i < ticks; i++) await Promise.resolve();
    expect(await loader.exclusive(async () => 'result')).toBe('result');
  });

  it('that fails stops nothing', async () => {
    const { loader, inserts } = start();
    await expect(loader.exclusive(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    loader.add(segment(1));
    await nth(inserts, 0);
  });

  it('is refused once the loader is closed', async () => {
    const { loader, inserts } = start();
    loader.add(segment(1));
    await nth(inserts, 0);
    const waiting = loader.exclusive(async () => 1);
    const refused = expect(waiting).rejects.toMatchObject({ reason: 'closed' });
    await loader.close(50);
    await refused;
    await expect(loader.exclusive(async () => 1)).rejects.toMatchObject({ reason: 'closed' });
  });
});

describe('a checkpoint', () => {
  it.each([
    ['stands still', 0],
    ['went back an hour', -3_600_000],
    ['went ahead a year', 31_536_000_000],
  ])('comes by itself where no further batch does, also when the clock %s', async (_how, off) => {
    vi.useFakeTimers();
    const { loader, inserts, released } = start();
    vi.setSystemTime(Date.now() + off);
    loader.add(segment(1));
    (await nth(inserts, 0)).done();
    await loader.idle();
    expect(released).toEqual([]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect([released, loader.retained]).toEqual([[1], 0]);
  });

  it('that fails is taken again without another batch, so that a full journal gets empty', async () => {
    vi.useFakeTimers();
    const { loader, inserts, released, troubles, failRelease } = start();
    failRelease(true);
    for (let batch = 1; batch <= MAX_BATCHES; batch++) {
      loader.add(segment(batch));
      inserts.at(-1)?.done();
      await loader.idle();
    }
    expect([loader.queued, loader.full]).toEqual([0, true]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(loader.full).toBe(true);
    expect(troubles.length).toBeGreaterThan(1);
    failRelease(false);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(released).toHaveLength(MAX_BATCHES);
    expect([loader.retained, loader.full]).toEqual([0, false]);
  });

  it('can be asked for: what follows finds nothing in the journal that is loaded', async () => {
    const { loader, inserts, released } = start();
    for (const batch of [1, 2, 3]) loader.add(segment(batch));
    await nth(inserts, 0);
    const seen = loader.released(async () => [...released]);
    inserts[0]!.done();
    expect(await seen).toEqual([1]);
    (await nth(inserts, 1)).done();
    (await nth(inserts, 2)).done();
    await loader.idle();
    await loader.release();
    expect(released).toEqual([1, 2, 3]);
  });

  it('comes before a batch that was begun before the last note begins', async () => {
    const { loader, inserts, notes } = start();
    const now = Date.now();
    await loader.release();
    expect(notes).toHaveLength(1);
    const hour = 3_600_000;
    loader.add({ ...segment(1), at: now - hour });
    (await nth(inserts, 0)).done();
    await loader.idle();
    expect(notes[1]).toBe(`since ${now - hour}`);
    // The next one is no earlier than that.
    loader.add({ ...segment(2), at: now - hour });
    (await nth(inserts, 1)).done();
    await loader.idle();
    expect(notes).toHaveLength(2);
  });

  it('that is asked for and fails lets nothing follow', async () => {
    const { loader, inserts, released, failRelease } = start();
    loader.add(segment(1));
    (await nth(inserts, 0)).done();
    failRelease(true);
    const job = vi.fn(async () => undefined);
    await expect(loader.released(job)).rejects.toMatchObject({ reason: 'unavailable' });
    await expect(loader.release()).rejects.toMatchObject({ reason: 'unavailable' });
    failRelease(false);
    await loader.release();
    expect([job.mock.calls.length, released]).toEqual([0, [1]]);
  });

  it('remembers from when on batches are not loaded, and is not taken while one is half way in', async () => {
    const { loader, inserts, released, notes } = start();
    for (const batch of [1, 2, 3]) loader.add(segment(batch));
    (await nth(inserts, 0)).done();
    await nth(inserts, 1);
    await loader.checkpoint();
    expect(released).toEqual([]);
    const taken = loader.exclusive(() => Promise.resolve()).then(() => loader.checkpoint());
    inserts[1]!.done();
    await taken;
    (await nth(inserts, 2)).done();
    await loader.idle();
    await loader.checkpoint();
    expect(released).toEqual([1, 2, 3]);
    expect(notes.length).toBeGreaterThan(0);
  });
});

it('case 48: stops taking batches before the store forgets half of the tokens it remembers, and says so once', async () => {
  const { loader, inserts, troubles } = start();
  for (let batch = 1; batch < MAX_BATCHES; batch++) loader.add(segment(batch));
  expect(loader.full).toBe(false);
  loader.add(segment(MAX_BATCHES));
  expect([loader.full, loader.full]).toEqual([true, true]);
  expect(troubles).toHaveLength(1);
  expect(MAX_BATCHES).toBeLessThan(5_000);
  // Loaded ones count until they are let go of: a restart repeats their tokens, too.
  (await nth(inserts, 0)).done();
  await nth(inserts, 1);
  expect(loader.full).toBe(true);
});

describe('work that removes or counts rows', () => {
  it('does not overlap with its like, while batches are loaded', async () => {
    const { loader, inserts, loaded } = start();
    let end!: () => void;
    const sweep = loader.alone(() => new Promise<void>((done) => (end = done)));
    const scrub = vi.fn(() => loader.exclusive(async () => 'counted'));
    const scrubbed = loader.alone(scrub);
    loader.add(segment(1));
    (await nth(inserts, 0)).done();
    await loader.idle();
    expect([loaded, scrub.mock.calls.length]).toEqual([[1], 0]);
    end();
    await sweep;
    expect(await scrubbed).toBe('counted');
  });

  it('goes on after one that failed', async () => {
    const { loader } = start();
    await expect(loader.alone(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await loader.alone(async () => 1)).toBe(1);
  });
});
