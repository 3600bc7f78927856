import { describe, expect, it } from 'vitest';
import { draftOf, makeDraft, START, TRACE } from '../../../test/support/otlp-drafts.ts';
import { columnsOf, MemoryLedger, readBack } from '../../../test/support/otlp-ledger.ts';
import { type Draft, Flag, KINDS } from '../../draft.ts';
import type { TaskRow } from '../diff.ts';
import { compareVersions } from '../merge.ts';
import { byStart, resolve } from '../resolve.ts';
import { type Lookup, Settler } from '../settle.ts';

/** Deterministic numbers in [0, 1) (mulberry32). */
function random(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const SEEDS = Number(process.env.AIRUNS_SEEDS ?? 40);
const FIRST = Number(process.env.AIRUNS_SEED ?? 1);
const NOW = 1_795_341_600_000;

/** Spans of one trace: a forest of some shape, with versions, cycles now and then, and few values that meet often. */
function spansOf(next: () => number): Draft[] {
  const pick = <T>(...values: readonly T[]): T => values[Math.floor(next() * values.length)]!;
  const often = (share: number): boolean => next() < share;
  const count = 2 + Math.floor(next() * (often(0.2) ? 80 : 25));
  const id = (i: number): string => (i * 0x9e3779b1 + 1).toString(16).padStart(16, '0');
  const wild = next() * 0.15;
  const deep = next();
  const drafts: Draft[] = [];
  for (let i = 0; i < count; i++) {
    const tree = i === 0 ? '' : id(often(deep) ? i - 1 : Math.floor(next() * i));
    const parentId = often(wild) ? pick('', id(Math.floor(next() * count)), id(count + 7)) : tree;
    const versions = often(0.2) ? 1 + Math.floor(next() * 3) : 1;
    const startedAt = START + BigInt(Math.floor(next() * (often(0.5) ? 5 : 1000)));
    for (let v = 0; v < versions; v++) {
      const moved = v > 0 && often(0.2);
      drafts.push(
        makeDraft({
          spanId: id(i),
          parentId: moved ? pick('', id(Math.floor(next() * count))) : parentId,
          startedAt: moved ? startedAt + 3n : startedAt,
          durationNs: BigInt(Math.floor(next() * 3)),
          kind: pick(...KINDS, 'llm', 'other', 'other', 'agent'),
          status: pick('completed', 'failed', 'running'),
          hasEnd: often(0.7),
          name: pick('x', 'y', 'z'),
          known: often(0.5) ? 3 : 0,
          input: 5,
          responseId: often(0.3) ? pick('r1', 'r2') : '',
          flags: often(0.1) ? pick(Flag.createAgent, Flag.arrivalTime) : 0,
          ownRunId: often(0.08) ? pick('R1', 'R2') : '',
          ownUser: often(0.1) ? pick('u', 'w') : '',
          ownFeature: often(0.05) ? 'chat' : '',
          ownTags: often(0.1) ? [pick('t', 's')] : [],
          runName: often(0.1) ? pick('n1', 'n2') : '',
          runNameRank: pick(1, 5),
          rootName: often(0.3) ? pick('root1', 'root2') : '',
          rootNameRank: pick(1, 3, 5),
          weight: Math.floor(next() * 3),
          hashLo: drafts.length,
        }),
      );
      const last = drafts.at(-1)!;
      last.status = last.hasEnd ? last.status : 'running';
      if (last.status === 'running') last.hasEnd = false;
    }
  }
  return drafts;
}

const shuffled = <T>(items: readonly T[], next: () => number): T[] =>
  items
    .map((item) => [next(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);

/** What the pure resolver says of the best versions so far. */
function expected(drafts: readonly Draft[]): Map<string, string> {
  const best = new Map<string, Draft>();
  for (const d of drafts) {
    const rival = best.get(d.spanId);
    if (!rival || compareVersions(d, rival) > 0) best.set(d.spanId, d);
  }
  const all = [...best.values()].sort(byStart);
  const verdicts = resolve(all);
  return new Map(all.map((draft, i) => [draft.spanId, textOf({ draft, verdict: verdicts[i]!, seen: 0, ver: 0, factVer: 0 })]));
}

const textOf = (row: Parameters<typeof columnsOf>[0]): string => {
  const { seen, ver, factVer, ...columns } = columnsOf(readBack({ ...row, factVer: row.verdict.bears ? 1 : 0 }));
  return JSON.stringify(columns, (_key, value) => (typeof value === 'bigint' ? `${value}n` : value));
};

describe('a trace resolved by what changes', () => {
  it(`says after every batch what the pure resolver says of the whole set (seeds ${FIRST} to ${FIRST + SEEDS - 1})`, async () => {
    for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
      const next = random(seed);
      const ledger = new MemoryLedger();
      const settler = new Settler({ lookup: ledger.lookup, large: 0, seenMegabytes: 1, recentBytes: next() < 0.3 ? 0 : 1_000_000 });
      const drafts = spansOf(next);
      const order = [...(next() < 0.3 ? [...drafts].reverse() : next() < 0.5 ? drafts : shuffled(drafts, next))];
      const size = next() < 0.4 ? 1 : 1 + Math.floor(next() * drafts.length);
      for (let from = 0; from < order.length; from += size) {
        const batch = order.slice(from, from + size);
        if (next() < 0.1) await settler.settle('p', batch, NOW);
        const settled = await settler.settle('p', batch, NOW + from);
        settled.commit(ledger.journal('p', settled.entries));
        if (next() < 0.5) settler.loaded(ledger.load());
        ledger.load();
        // To compare all of it costs more than all the rest; the last batch always is.
        if (size === 1 && next() < 0.6 && from + size < order.length) continue;
        const rows = await ledger.lookup('p', [TRACE]);
        expect(Object.fromEntries(rows.map((row) => [row.draft.spanId, textOf(row)])), `seed ${seed}, spans ${from} on`).toEqual(
          Object.fromEntries(expected(order.slice(0, from + size))),
        );
        expect(
          rows.filter(({ factVer }) => factVer > 0),
          `seed ${seed}: one bearer`,
        ).toHaveLength(1);
      }
      expect(ledger.runs, `seed ${seed}`).toEqual(ledger.recount().runs);
      expect(ledger.hours, `seed ${seed}`).toEqual(ledger.recount().hours);
    }
  }, 600_000);

  it(`is changed as a small one is (seeds ${FIRST} to ${FIRST + SEEDS - 1})`, async () => {
    for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
      const outcomes = [];
      for (const large of [0, 10_000]) {
        const next = random(seed);
        const ledger = new MemoryLedger();
        const settler = new Settler({ lookup: ledger.lookup, large, seenMegabytes: 1 });
        const drafts = spansOf(next);
        const half = Math.floor(drafts.length / 2);
        const run = next() < 0.5 ? 'R1' : undefined;
        const book = async (some: readonly Draft[]) => {
          const settled = await settler.settle('p', some, NOW);
          settled.commit(ledger.journal('p', settled.entries));
          settler.loaded(ledger.load());
          return [...settled.booked];
        };
        const booked = [await book(drafts.slice(0, half))];
        const rewrite = (d: Draft): Draft => (d.known ? { ...d, known: d.known | 64, pricedCost: 7n, ownUser: 'new' } : d);
        for (const change of [
          { kind: 'rewrite', rewrite } as const,
          run === undefined ? { kind: 'delete' as const } : { kind: 'delete' as const, runId: run },
        ]) {
          if (change.kind === 'delete') settler.bury('p', [TRACE], run);
          const settled = await settler.change('p', [TRACE], change, NOW);
          settled.commit(ledger.journal('p', settled.entries));
          settler.loaded(ledger.load());
          booked.push(await book(drafts.slice(half)));
        }
        expect(ledger.runs, `seed ${seed}`).toEqual(ledger.recount().runs);
        if (run === undefined) expect([...ledger.runs], `seed ${seed}`).toEqual([]);
        else expect(ledger.runs.has(`p/${run}`), `seed ${seed}`).toBe(false);
        outcomes.push({ booked, state: ledger.state(), runs: ledger.runs, hours: ledger.hours });
      }
      expect(outcomes[0], `seed ${seed}`).toEqual(outcomes[1]);
    }
  }, 600_000);
});

describe('a million spans of one trace', () => {
  const count = Number(process.env.AIRUNS_LARGE ?? 20_000);
  /** Even ones are agents, odd ones calls, so that no call is within a call. */
  const span = (i: number, parent: number): Draft =>
    draftOf(`s${i}`, {
      at: i,
      ...(parent < 0 ? {} : { in: `s${parent}` }),
      ...(i % 2 ? { kind: 'llm', usage: [1, 1], responseId: `response ${i}` } : { kind: 'agent' }),
    });
  const shapes: [string, (n: number) => Draft][] = [
    ['of one root', (n) => span(n, n === 0 ? -1 : 0)],
    ['in a chain', (n) => span(n, n - 1)],
    ['in a tree', (n) => span(n, n === 0 ? -1 : (n >> 2) & ~1)],
    ['in a tree, children first', (n) => span(count - 1 - n, n === count - 1 ? -1 : ((count - 1 - n) >> 2) & ~1)],
  ];

  it.each(shapes.flatMap(([name, shape]) => [1, 512].map((size) => [name, size, shape] as const)))(
    `costs what they change: %s, by %d (${count} spans)`,
    async (name, size, shape) => {
      const store = new Map<string, TaskRow>();
      const lookup: Lookup = async (_project, _traces, spanIds) => spanIds!.map((id) => store.get(id)!);
      const settler = new Settler({ lookup, seenMegabytes: 1 });
      settler.seen.complete = true;
      let cpu = 0;
      for (let i = 0, batch = 1; i < count; i += size, batch++) {
        const drafts = Array.from({ length: Math.min(size, count - i) }, (_, k) => shape(i + k));
        const before = process.cpuUsage();
        const settled = await settler.settle('p', drafts, NOW);
        settled.commit(batch);
        const { user, system } = process.cpuUsage(before);
        cpu += user + system;
        if (name.endsWith('first')) for (const { row } of settled.entries) store.set(row.draft.spanId, row);
        settler.loaded(batch);
      }
      const bytes = settler.recentBytes / count;
      console.log(`${count} spans ${name}, by ${size}: ${(cpu / count).toFixed(1)} us CPU and ${Math.round(bytes)} bytes a span`);
      expect(cpu / count).toBeLessThan(150);
      expect(bytes).toBeLessThan(400);
    },
    600_000,
  );
});
