import { describe, expect, it } from 'vitest';
import { draftOf, type SpanShape, TRACE } from '../../test/support/otlp-drafts.ts';
import { MemoryLedger } from '../../test/support/otlp-ledger.ts';
import type { Draft } from '../draft.ts';
import { Booked } from './booked.ts';
import { LARGE, Settler } from './settle.ts';

const NOW = 1_795_341_600_000;
const llm: SpanShape = { kind: 'llm', usage: [100, 10], model: 'm' };

function start(large = LARGE) {
  const ledger = new MemoryLedger();
  const settler = new Settler({ lookup: ledger.lookup, seenMegabytes: 1, large });
  settler.seen.complete = true;
  const book = async (...drafts: Draft[]) => {
    const settled = await settler.settle('p', drafts, NOW);
    settled.commit(ledger.journal('p', settled.entries));
    return [...settled.booked];
  };
  return { ledger, settler, book };
}

describe.each([
  ['small', LARGE],
  ['large', 0],
])('a %s trace that is forgotten before the store has all of it', (_name, large) => {
  it('is booked once, however often it is sent meanwhile', async () => {
    const { ledger, settler, book } = start(large);
    await book(draftOf('a', llm));
    settler.forget('p', [TRACE]);
    expect(await book(draftOf('a', llm), { ...draftOf('b', llm), traceId: 'f'.repeat(32) })).toEqual([Booked.later, Booked.yes]);
    settler.loaded(ledger.load());
    expect(await book(draftOf('a', llm), draftOf('late', llm))).toEqual([Booked.duplicate, Booked.yes]);
    ledger.load();
    expect(ledger.runs.get(`p/${TRACE}`)!.get('input')).toBe(200n);
    expect(ledger.runs).toEqual(ledger.recount().runs);
  });

  it('cannot be changed until then', async () => {
    const { ledger, settler, book } = start(large);
    await book(draftOf('a', llm));
    settler.forget('p', [TRACE]);
    await expect(settler.change('p', [TRACE], { kind: 'delete' }, NOW)).rejects.toThrow('does not have all of trace');
    settler.loaded(ledger.load());
    expect((await settler.change('p', [TRACE], { kind: 'delete' }, NOW)).entries).toHaveLength(2);
  });

  it('is awaited up to the batch that may hold more of it than was committed', async () => {
    const { ledger, settler, book } = start(large);
    await book(draftOf('a', llm));
    settler.loaded(ledger.load());
    const half = await settler.settle('p', [draftOf('late', llm)], NOW);
    const batch = ledger.journal('p', half.entries);
    settler.forget('p', [TRACE], batch);
    expect(await book(draftOf('late', llm))).toEqual([Booked.later]);
    settler.loaded(ledger.load());
    expect(await book(draftOf('late', llm))).toEqual([Booked.duplicate]);
  });
});
