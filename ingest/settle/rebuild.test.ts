import { describe, expect, it } from 'vitest';
import type { QueryOptions, Store } from '../../schema/index.ts';
import { rebuildSeen } from './rebuild.ts';
import { SeenTraces } from './seen.ts';

const storeOf = (query: (slice: number, options: QueryOptions) => Promise<{ project: string; trace: string }[]>): Store =>
  ({
    query: (_sql: string, { slice }: { slice: number }, options: QueryOptions) => query(slice, options),
  }) as unknown as Store;

const trace = (i: number): string => i.toString(16).padStart(32, '0');
const never = new AbortController().signal;

describe('the seen index after a start', () => {
  it('knows every trace once it is rebuilt, and none before it says so', async () => {
    const seen = new SeenTraces(1);
    const store = storeOf(async (slice) => {
      expect(seen.maybe('p', trace(999))).toBe(true);
      return [{ project: 'p', trace: trace(slice) }];
    });
    await rebuildSeen(store, seen, never);
    expect(seen.complete).toBe(true);
    for (let slice = 0; slice < 16; slice++) expect(seen.maybe('p', trace(slice))).toBe(true);
    expect(seen.maybe('p', trace(999))).toBe(false);
    expect(seen.maybe('q', trace(1))).toBe(false);
  });

  it('is not believed where the store failed half way', async () => {
    const seen = new SeenTraces(1);
    const store = storeOf(async (slice) => {
      if (slice === 7) throw new Error('gone');
      return [];
    });
    await expect(rebuildSeen(store, seen, never)).rejects.toThrow('gone');
    expect(seen.maybe('p', trace(1))).toBe(true);
  });

  it('does not hold up a stop: a large store takes minutes', async () => {
    const seen = new SeenTraces(1);
    const stop = new AbortController();
    const store = storeOf((slice, { signal }) => {
      if (slice === 2) stop.abort();
      if (signal?.aborted) return Promise.reject(new Error('cancelled'));
      return Promise.resolve([]);
    });
    await expect(rebuildSeen(store, seen, stop.signal)).rejects.toThrow('cancelled');
    await expect(rebuildSeen(store, seen, stop.signal)).resolves.toBeUndefined();
    expect(seen.complete).toBe(false);
  });
});

describe('a bloom filter', () => {
  it('never denies what was added, and seldom affirms what was not', () => {
    const seen = new SeenTraces(1);
    seen.complete = true;
    // Ids that count up, as no random source makes them: 1 MB at 10 bits each holds 800,000.
    for (let i = 0; i < 400_000; i++) seen.add('p', trace(i));
    for (let i = 0; i < 400_000; i++) if (!seen.maybe('p', trace(i))) throw new Error(`${i} is denied`);
    let wrong = 0;
    for (let i = 1_000_000; i < 1_100_000; i++) if (seen.maybe('p', trace(i))) wrong++;
    expect(wrong / 100_000).toBeLessThan(0.01);
  });
});
