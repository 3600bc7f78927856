import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { draftOf, draftsOf, TRACE } from '../../../test/support/otlp-drafts.ts';
import { MemoryLedger } from '../../../test/support/otlp-ledger.ts';
import type { Draft } from '../../draft.ts';
import { Booked } from '../booked.ts';
import type { Entry, TaskRow } from '../diff.ts';
import { Settler } from '../settle.ts';

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

describe('a row that is neither in memory nor in the store yet', () => {
  const many = 40_001;
  const span = (i: number): Draft => ({ ...draftOf('x', llm), spanId: (i + 1).toString(16).padStart(16, '0') });

  /** More rows than are kept until they are loaded, journaled. */
  async function journaled() {
    const ledger = new MemoryLedger();
    const settler = new Settler({ lookup: ledger.lookup, seenMegabytes: 1 });
    settler.seen.complete = true;
    const settled = await settler.settle(
      'p',
      Array.from({ length: many }, (_, i) => span(i)),
      NOW,
    );
    const entries: Entry[] = [];
    for await (const part of settled.parts()) for (const entry of part) entries.push(entry);
    settled.commit(ledger.journal('p', entries));
    return { ledger, settler };
  }

  it('is waited for', async () => {
    const { ledger, settler } = await journaled();
    const late = settler.settle('p', [{ ...span(3), weight: 9 }], NOW);
    const order: string[] = [];
    late.then(() => order.push('settled'));
    await setImmediate();
    order.push('loaded');
    settler.loaded(ledger.load());
    expect([...(await late).booked]).toEqual([Booked.yes]);
    expect(order).toEqual(['loaded', 'settled']);
  });

  it.each(['that began before', 'that begins after'])('holds up no end %s', async (when) => {
    const { settler } = await journaled();
    if (when === 'that begins after') settler.waitNoMore();
    const late = settler.settle('p', [{ ...span(3), weight: 9 }, other], NOW);
    settler.waitNoMore();
    expect([...(await late).booked]).toEqual([Booked.later, Booked.yes]);
  });
});
