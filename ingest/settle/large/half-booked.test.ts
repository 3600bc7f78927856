import { expect, it } from 'vitest';
import { draftOf, draftsOf, TRACE } from '../../../test/support/otlp-drafts.ts';
import { MemoryLedger } from '../../../test/support/otlp-ledger.ts';
import { type Lookup, Settler } from '../settle.ts';

const NOW = 1_795_341_600_000;
const llm = { kind: 'llm', usage: [1, 1], at: 5 } as const;

it.each(['as they were booked', 'the other way round'])(
  'of a correction that was journaled by half one row bears the facts in the end, with rows read %s',
  async (order) => {
    const ledger = new MemoryLedger();
    const lookup: Lookup = async (...asked) => {
      const rows = await ledger.lookup(...asked);
      return order === 'as they were booked' ? rows : rows.reverse();
    };
    const start = () => new Settler({ lookup, large: 0, seenMegabytes: 1 });
    const first = start();
    const booked = await first.settle('p', draftsOf({ a: llm, b: { ...llm, at: 6 } }), NOW);
    booked.commit(ledger.journal('p', booked.entries));
    first.loaded(ledger.load());
    // An earlier root takes the facts over, and else nothing of a changes; the process ends between the two.
    const moved = await first.settle('p', [draftOf('root', { kind: 'agent' })], NOW);
    ledger.journal(
      'p',
      moved.entries.filter(({ row }) => row.draft.name === 'root'),
    );
    ledger.load();
    expect(ledger.runs.get(`p/${TRACE}`)!.get('runs')).toBe(2n);
    const next = start();
    const settled = await next.settle('p', [draftOf('late', { ...llm, at: 7 })], NOW);
    settled.commit(ledger.journal('p', settled.entries));
    next.loaded(ledger.load());
    expect(ledger.runs.get(`p/${TRACE}`)!.get('runs')).toBe(1n);
    const bearers = Object.values(ledger.state()).filter((row) => row.bearer);
    expect(bearers).toMatchObject([{ name: 'root' }]);
    // Once is enough.
    expect((await next.settle('p', [draftOf('later', { ...llm, at: 8 })], NOW)).entries).toHaveLength(1);
  },
);
