import { describe, expect, it } from 'vitest';
import type { QueryOptions, Store } from '../../schema/index.ts';
import { rebuildSeen, slicesOf } from './rebuild.ts';
import { SeenTraces } from './seen.ts';

/** A store that booked in these hours, a million rows in each, and answers each slice as the test says. */
const storeOf = (hours: number, slice: (n: number, options: QueryOptions) => Promise<{ project: string; trace: string }[]>): Store => {
  let asked = 0;
  return {
    query: async (sql: string, params: Readonly<Record<string, unknown>>, options: QueryOptions) => {
      if (!('low' in params)) return Array.from({ length: hours }, (_, i) => ({ hour: i * 3600, rows: '1000000' }));
      expect(sql).toContain('trace_id');
      return (await slice(asked++, options)).map(({ project, trace }) => ({ project, ids: stored(trace).toString('base64') }));
    },
  } as unknown as Store;
};

/** As the store writes an id: least significant byte first, then a dot. */
const stored = (id: string): Buffer => Buffer.concat([Buffer.from(id, 'hex').reverse(), Buffer.from('.')]);

const trace = (i: number): string => i.toString(16).padStart(32, '0');
const never = new AbortController().signal;
const fail = (message: string): void => expect.unreachable(message);

describe('the seen index after a start', () => {
  it('knows every trace once it is rebuilt, and none before it says so', async () => {
    const seen = new SeenTraces(1);
    const store = storeOf(16, async (slice) => {
      expect(seen.maybe('p', trace(999))).toBe(true);
      return [{ project: 'p', trace: trace(slice) }];
    });
    await rebuildSeen(store, seen, { stop: never, onTrouble: fail });
    expect(seen.complete).toBe(true);
    for (let slice = 0; slice < 16; slice++) expect(seen.maybe('p', trace(slice))).toBe(true);
    expect(seen.maybe('p', trace(999))).toBe(false);
    expect(seen.maybe('q', trace(1))).toBe(false);
  });

  it('is not believed where the store failed half way, and complete when what failed was asked for again', async () => {
    const seen = new SeenTraces(1);
    const troubles: string[] = [];
    let asked = 0;
    const store = storeOf(16, async () => {
      if (++asked === 8 || asked === 9) throw new Error('gone');
      expect(seen.maybe('p', trace(999))).toBe(true);
      return [{ project: 'p', trace: trace(asked) }];
    });
    await rebuildSeen(store, seen, { stop: never, onTrouble: (message) => troubles.push(message), pauseMs: 1 });
    expect(troubles).toEqual([expect.stringContaining('gone'), expect.stringContaining('gone')]);
    // Nothing is asked for twice that was answered.
    expect([asked, seen.complete, seen.maybe('p', trace(999))]).toEqual([18, true, false]);
    for (const n of [1, 7, 10, 18]) expect(seen.maybe('p', trace(n))).toBe(true);
  });

  it('does not hold up a stop: a large store takes minutes', async () => {
    const seen = new SeenTraces(1);
    const stop = new AbortController();
    const store = storeOf(16, (slice, { signal }) => {
      if (slice === 2) stop.abort();
      if (signal?.aborted) return Promise.reject(new Error('cancelled'));
      return Promise.resolve([]);
    });
    await rebuildSeen(store, seen, { stop: stop.signal, onTrouble: fail });
    await rebuildSeen(store, seen, { stop: stop.signal, onTrouble: fail });
    expect(seen.complete).toBe(false);
  });

  it('does not hold up a stop while it waits for the next try', async () => {
    const seen = new SeenTraces(1);
    const stop = new AbortController();
    const store = storeOf(1, () => Promise.reject(new Error('gone')));
    await rebuildSeen(store, seen, { stop: stop.signal, onTrouble: () => stop.abort(), pauseMs: 3_600_000 });
    expect(seen.complete).toBe(false);
  });
});

describe('the slices it is read in', () => {
  const hours = (...rows: number[]) => rows.map((n, i) => ({ hour: i * 3600, rows: n }));

  it('gather small hours and divide large ones, so that none is much larger than the size asked for', () => {
    const found = slicesOf(hours(3, 3, 3, 25, 1, 1), 10).map(({ from, to, low, high }) => [from / 3600, to / 3600, high - low]);
    const third = (1n << 128n) / 3n;
    expect(found.map(([from, to]) => [from, to])).toEqual([
      [0, 2],
      [3, 3],
      [3, 3],
      [3, 3],
      [4, 5],
    ]);
    expect(found[1]![2]! as bigint).toBeLessThanOrEqual(third + 1n);
  });

  it('hold every hour and every id exactly once', () => {
    const counts = [1, 999, 0, 45, 10, 10, 11, 3, 3, 3, 3, 3];
    const slices = slicesOf(hours(...counts), 10);
    for (const [i] of counts.entries()) {
      const holding = slices.filter(({ from, to }) => from <= i * 3600 && i * 3600 <= to);
      if (counts[i] === 0 && holding.length === 0) continue;
      expect(holding[0]!.low).toBe(0n);
      for (const [k, slice] of holding.entries()) expect(slice.high + 1n).toBe(holding[k + 1]?.low ?? 1n << 128n);
    }
  });

  it('are none of an empty store', () => expect(slicesOf([])).toEqual([]));
});

describe('a bloom filter', () => {
  it('never denies what was added, and seldom affirms what was not', () => {
    const seen = new SeenTraces(1);
    seen.complete = true;
    // Ids that count up, as no random source makes them: 1 MB at 10 bits each holds 800,000.
    for (let i = 0; i < 200_000; i++) seen.add('p', trace(i));
    seen.addMany('p', Buffer.concat(Array.from({ length: 200_000 }, (_, i) => stored(trace(200_000 + i)))), 17);
    for (let i = 0; i < 400_000; i++) if (!seen.maybe('p', trace(i))) throw new Error(`${i} is denied`);
    let wrong = 0;
    for (let i = 1_000_000; i < 1_100_000; i++) if (seen.maybe('p', trace(i))) wrong++;
    expect(wrong / 100_000).toBeLessThan(0.01);
  });
});
