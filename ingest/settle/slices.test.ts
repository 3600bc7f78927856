import { describe, expect, it } from 'vitest';
import { draftOf } from '../../test/support/otlp-drafts.ts';
import { MemoryLedger } from '../../test/support/otlp-ledger.ts';
import type { Draft } from '../draft.ts';
import { Booked } from './booked.ts';
import { type Lookup, Settler } from './settle.ts';

const NOW = 1_795_341_600_000;
const TRACES = 40;
const ROWS = 5;
const AT_ONCE = 20;
const llm = { kind: 'llm', usage: [1, 1] } as const;
const traceOf = (n: number): string => (n + 1).toString(16).padStart(32, '0');
const traces = Array.from({ length: TRACES }, (_, n) => traceOf(n));
const spansOf = (name: string): Draft[] => traces.map((traceId) => ({ ...draftOf(name, llm), traceId }));

/** Forty traces of five rows each, which only the store has; `most` says how many rows were held at once. */
async function start(large?: number) {
  const ledger = new MemoryLedger();
  const first = new Settler({ lookup: ledger.lookup, seenMegabytes: 1 });
  for (let i = 0; i < ROWS; i++) {
    const settled = await first.settle('p', spansOf(`s${i}`), NOW);
    settled.commit(ledger.journal('p', settled.entries));
    ledger.load();
  }
  let most = 0;
  const lookup: Lookup = async (project, traceIds, spanIds, enough) => {
    if (!enough) return ledger.lookup(project, traceIds, spanIds);
    const rows = [];
    const asked = [...traceIds];
    while (asked.length > 0 && rows.length < enough.rows) rows.push(...(await ledger.lookup(project, [asked.shift()!])));
    if (asked.length > 0) enough.left(asked);
    most = Math.max(most, rows.length);
    return rows;
  };
  const settler = new Settler({ lookup, seenMegabytes: 1, rowsAtOnce: AT_ONCE, ...(large === undefined ? {} : { large }) });
  return { ledger, settler, most: () => most };
}

describe.each([
  ['small', undefined],
  ['large', 0],
])('late spans of very many %s traces', (_name, large) => {
  it('are settled some rows at a time, each once', async () => {
    const { ledger, settler, most } = await start(large);
    const drafts = [...spansOf('late'), ...spansOf('s0')];
    let only: readonly number[] | undefined;
    const became = new Uint8Array(drafts.length).fill(Booked.later);
    let calls = 0;
    do {
      const settled = await settler.settle('p', drafts, NOW, only);
      settled.commit(ledger.journal('p', settled.entries));
      settler.loaded(ledger.load());
      for (const [i, how] of settled.booked.entries()) {
        if (how === Booked.later) continue;
        expect(became[i]).toBe(Booked.later);
        became[i] = how;
      }
      only = settled.rest;
      calls++;
    } while (only.length > 0);
    expect([...became]).toEqual([...traces.map(() => Booked.yes), ...traces.map(() => Booked.duplicate)]);
    expect([calls, most()]).toEqual([(TRACES * ROWS) / AT_ONCE, AT_ONCE]);
    expect(ledger.runs).toEqual(ledger.recount().runs);
    expect(Object.keys(ledger.state())).toHaveLength(TRACES * (ROWS + 1));
  });

  it('are changed so, too, as the parts are read', async () => {
    const { ledger, settler, most } = await start(large);
    const settled = await settler.change('p', traces, { kind: 'delete' }, NOW);
    expect(settled.touched).toHaveLength(AT_ONCE / ROWS);
    let batch = 0;
    for await (const part of settled.parts()) {
      expect(part.length).toBeLessThanOrEqual(2 * AT_ONCE);
      batch = ledger.journal('p', part);
    }
    settled.commit(batch);
    expect(settled.touched).toHaveLength(TRACES);
    expect(most()).toBe(AT_ONCE);
    settler.loaded(ledger.load());
    expect([...ledger.runs]).toEqual([]);
    expect((await settler.change('p', traces, { kind: 'delete' }, NOW)).entries).toEqual([]);
  });
});
