import { expect, it } from 'vitest';
import { draftOf, draftsOf, TRACE } from '../../../test/support/otlp-drafts.ts';
import { MemoryLedger } from '../../../test/support/otlp-ledger.ts';
import type { Draft } from '../../draft.ts';
import type { TaskRow } from '../diff.ts';
import { Booked, Settler } from '../settle.ts';

const NOW = 1_795_341_600_000;
const llm = { kind: 'llm', usage: [1, 1] } as const;
const other: Draft = { ...draftOf('b', llm), traceId: 'f'.repeat(32) };

/** A large trace of a, b and c, loaded; what the store says of single spans passes through `through`. */
async function start(through: (rows: TaskRow[]) => TaskRow[]) {
  const ledger = new MemoryLedger();
  const settler = new Settler({
    lookup: async (project, traces, spans) => {
      const rows = await ledger.lookup(project, traces, spans);
      return spans ? through(rows) : rows;
    },
    large: 2,
    seenMegabytes: 1,
  });
  settler.seen.complete = true;
  const settle = async (now: number, ...drafts: Draft[]) => {
    const settled = await settler.settle('p', drafts, now);
    if (settled.entries.length > 0) settled.commit(ledger.journal('p', settled.entries));
    settler.loaded(ledger.load());
    return settled;
  };
  await settle(NOW, ...draftsOf({ a: llm, b: llm, c: llm }));
  return { ledger, settler, settle };
}

const better = (n: number): Draft => ({ ...draftOf('a', llm), weight: 100 + n });

it('a large trace that is not as the store has it is read anew, and holds up nobody else', async () => {
  let behind = true;
  const { ledger, settle } = await start((rows) => rows.filter(() => !behind));
  const settled = await settle(NOW + 1, better(1), { ...draftOf('d', llm), weight: 1 }, other);
  expect([...settled.booked]).toEqual([Booked.later, Booked.later, Booked.yes]);
  expect(settled.troubles).toEqual([expect.stringContaining(`of ${TRACE} is booked as version 1, the store has 0`)]);
  behind = false;
  const again = await settle(NOW + 2, better(1), { ...draftOf('d', llm), weight: 1 }, other);
  expect([...again.booked]).toEqual([Booked.yes, Booked.yes, Booked.duplicate]);
  expect(ledger.runs).toEqual(ledger.recount().runs);
});

it('one that stays so is tried once a minute', async () => {
  let asked = 0;
  const { settle } = await start(() => {
    asked++;
    return [];
  });
  for (let i = 0; i < 5; i++) expect([...(await settle(NOW + i, better(1))).booked]).toEqual([Booked.later]);
  expect(asked).toBe(2);
  await settle(NOW + 61_000, better(1));
  expect(asked).toBe(3);
});

it('a change of it fails, and finds it as it is the next time', async () => {
  let behind = true;
  const { settler, ledger } = await start((rows) => rows.filter(() => !behind));
  await expect(settler.change('p', [TRACE], { kind: 'delete' }, NOW)).rejects.toThrow('the store has 0');
  behind = false;
  const settled = await settler.change('p', [TRACE], { kind: 'delete' }, NOW);
  settled.commit(ledger.journal('p', settled.entries));
  ledger.load();
  expect([...ledger.runs]).toEqual([]);
});
