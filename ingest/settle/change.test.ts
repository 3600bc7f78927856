import { describe, expect, it } from 'vitest';
import { draftOf, draftsOf, makeDraft, type SpanShape, spanIdOf, TRACE } from '../../test/support/otlp-drafts.ts';
import { MemoryLedger } from '../../test/support/otlp-ledger.ts';
import { type Draft, Known } from '../draft.ts';
import { Booked } from './booked.ts';
import type { Change } from './plan.ts';
import { Settler } from './settle.ts';

const NOW = 1_795_341_600_000;

function start(ledger = new MemoryLedger()) {
  const settler = new Settler({ lookup: ledger.lookup, seenMegabytes: 1 });
  for (const trace of ledger.traces('p')) settler.seen.add('p', trace);
  settler.seen.complete = true;
  const book = async (...drafts: Draft[]) => {
    const settled = await settler.settle('p', drafts, NOW);
    settled.commit(ledger.journal('p', settled.entries));
    return settled;
  };
  const change = async (what: Change, traces = [TRACE]) => {
    const settled = await settler.change('p', traces, what, NOW + 1);
    settled.commit(ledger.journal('p', settled.entries));
    ledger.load();
    return settled;
  };
  return { settler, ledger, book, change };
}

const llm = (over: SpanShape): SpanShape => ({ kind: 'llm', usage: [10, 1], model: 'm', ...over });
const trace = (): Draft[] =>
  draftsOf({ root: { kind: 'agent', ownUser: 'u', runName: 'named', runNameRank: 0 }, a: llm({ in: 'root' }), b: llm({ in: 'root' }) });

describe('a delete', () => {
  it('takes everything out of the totals, and its newest rows say that it is gone and nothing else', async () => {
    const { book, change, ledger } = start();
    await book(...trace());
    const { entries, shrunk, touched } = await change({ kind: 'delete' });
    expect(entries.map(({ sign, row }) => [sign, row.ver])).toEqual([1, 2, 3].flatMap(() => [[-1, 1], [1, 2]])); // biome-ignore format: pairs
    expect([...ledger.runs, ...ledger.hours]).toEqual([]);
    for (const row of Object.values(ledger.state())) {
      expect(row).toMatchObject({ visible: false, counted: false, why: 'deleted', name: '', model: '', user: '', input: 0, known: 0 });
    }
    expect(shrunk).toEqual([{ project: 'p', runId: TRACE }]);
    expect(touched).toMatchObject([{ run: null, tasks: 3 }]);
  });

  it('changes nothing the second time, in this process and the next', async () => {
    const { book, change, ledger } = start();
    await book(...trace());
    await change({ kind: 'delete' });
    expect((await change({ kind: 'delete' })).entries).toEqual([]);
    expect((await start(ledger).change({ kind: 'delete' })).entries).toEqual([]);
  });

  it.each(['in this process', 'in the next'])(
    'keeps what is sent again away %s, also a better version and a span never seen',
    async (where) => {
      const first = start();
      await first.book(...trace());
      first.settler.bury('p', [TRACE]);
      await first.change({ kind: 'delete' });
      const now = where === 'in this process' ? first : start(first.ledger);
      now.settler.bury('p', [TRACE]);
      const again = [...trace(), draftOf('a', { ...llm({ in: 'root' }), hashLo: 9, weight: 9 }), draftOf('new', llm({ in: 'root' }))];
      const settled = await now.book(...again, makeDraft({ traceId: 'f'.repeat(32) }));
      expect([...settled.booked]).toEqual([...again.map(() => Booked.deleted), Booked.yes]);
      expect(settled.entries).toHaveLength(1);
      expect(now.settler.refuses('p', TRACE)).toBe(true);
      expect(now.settler.refuses('q', TRACE)).toBe(false);
    },
  );

  it('of a trace of which nothing is booked does nothing', async () => {
    expect((await start().change({ kind: 'delete' }, ['e'.repeat(32)])).entries).toEqual([]);
  });
});

describe('a delete of one of several runs of a trace', () => {
  const two = (): Draft[] =>
    draftsOf({
      root: { kind: 'agent', ownRunId: 'A' },
      a: llm({ in: 'root' }),
      sub: { kind: 'agent', in: 'root', ownRunId: 'B', usage: [99, 9] },
      b: llm({ in: 'sub', usage: [5, 5] }),
    });

  it('leaves the other as it is, and takes this one out', async () => {
    const { book, change, ledger, settler } = start();
    await book(...two());
    ledger.load();
    const before = ledger.runs.get('p/A');
    settler.bury('p', [TRACE], 'B');
    await change({ kind: 'delete', runId: 'B' });
    expect([...ledger.runs]).toEqual([['p/A', before]]);
    expect(Object.values(ledger.state()).filter((row) => row.why === 'deleted')).toMatchObject([
      { spanId: spanIdOf('b'), runId: 'B' },
      { spanId: spanIdOf('sub'), runId: 'B' },
    ]);
  });

  it.each(['in this process', 'in the next'])(
    'refuses what comes of it again or late %s, and books what comes of the other',
    async (where) => {
      const first = start();
      await first.book(...two());
      first.settler.bury('p', [TRACE], 'B');
      await first.change({ kind: 'delete', runId: 'B' });
      const now = where === 'in this process' ? first : start(first.ledger);
      now.settler.bury('p', [TRACE], 'B');
      const late = [draftOf('late', llm({ in: 'b', at: 9 })), draftOf('late2', llm({ in: 'root', at: 9 }))];
      const settled = await now.book(...two(), ...late);
      expect([...settled.booked]).toEqual([0, 0, 2, 2, 2, 1]);
      now.ledger.load();
      expect([...now.ledger.runs.keys()]).toEqual(['p/A']);
      expect(now.ledger.runs.get('p/A')!.get('input')).toBe(20n);
      expect(now.ledger.runs).toEqual(now.ledger.recount().runs);
      // A child of a span that came late and was refused is refused, too.
      expect([...(await now.book(draftOf('later', llm({ in: 'late', at: 10 })))).booked]).toEqual([2]);
    },
  );
});

describe('a rewrite', () => {
  const reprice = (draft: Draft): Draft =>
    draft.known & 3 ? { ...draft, known: draft.known | Known.pricedCost, pricedCost: BigInt(draft.input) * 7n, priceId: 'new' } : draft;

  it('books the difference of what changes, and nothing for the rest', async () => {
    const { book, change, ledger } = start();
    await book(...trace());
    const { entries } = await change({ kind: 'rewrite', rewrite: reprice });
    expect(entries.map(({ sign, row }) => [sign, row.draft.name, row.draft.pricedCost])).toEqual([
      [-1, 'a', 0n],
      [1, 'a', 70n],
      [-1, 'b', 0n],
      [1, 'b', 70n],
    ]);
    const run = ledger.runs.get(`p/${TRACE}`)!;
    expect([run.get('input'), run.get('cost'), run.get('tasks')]).toEqual([20n, 140n, 3n]);
    expect(ledger.hours).toEqual(ledger.recount().hours);
  });

  it('holds when the same spans are sent again', async () => {
    const { book, change } = start();
    await book(...trace());
    await change({ kind: 'rewrite', rewrite: reprice });
    expect((await book(...trace())).entries).toEqual([]);
  });

  it('of a fact that others depend on is resolved', async () => {
    const { book, change, ledger } = start();
    await book(...trace());
    await change({ kind: 'rewrite', rewrite: (d) => (d.ownUser === 'u' ? { ...d, ownUser: 'w' } : d) });
    expect(new Set(Object.values(ledger.state()).map((row) => row.user))).toEqual(new Set(['w']));
  });

  it('leaves deleted rows alone', async () => {
    const { book, change } = start();
    await book(...trace());
    await change({ kind: 'delete' });
    expect((await change({ kind: 'rewrite', rewrite: (d) => ({ ...d, input: 5, known: 1, kind: 'llm' }) })).entries).toEqual([]);
  });
});

describe('a trace that is forgotten', () => {
  it('is looked up again', async () => {
    const { book, settler } = start();
    await book(...trace());
    settler.forget('p', [TRACE]);
    // The batch was set aside: the store has what it will have of it, which is nothing, so all of it is booked anew.
    settler.loaded(1);
    expect((await book(...trace())).entries).toHaveLength(3);
  });
});

describe('runs whose times may have shrunk', () => {
  it('are named when a row moves to another run, or becomes shorter, and not when it grows', async () => {
    const { book } = start();
    expect((await book(draftOf('a', { kind: 'llm', in: 'root', at: 1 }))).shrunk).toEqual([]);
    expect((await book(draftOf('b', { kind: 'llm', in: 'root', at: 2 }))).shrunk).toEqual([]);
    expect((await book(draftOf('a', { kind: 'llm', in: 'root', at: 1, durationNs: 10n ** 12n }))).shrunk).toEqual([]);
    expect((await book(draftOf('root', { ownRunId: 'R' }))).shrunk).toEqual([{ project: 'p', runId: TRACE }]);
  });
});
