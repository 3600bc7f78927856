import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeDraft, START } from '../../test/support/otlp-drafts.ts';
import { MemoryLedger } from '../../test/support/otlp-ledger.ts';
import { type Draft, Flag, KINDS } from '../draft.ts';
import { type Settled, Settler } from './settle.ts';

const PROJECT = 'p';
const TRACES = ['1', '2'].map((digit) => digit.repeat(32));
/** The last one never arrives. Ids that end in zeros, as one in 256 does, and two that differ in one place only. */
const SPANS = ['a000000000000000', 'a000000000000001', '00000000000000aa', 'bb', 'cc', 'dd', 'ee'].map((id) => id.padStart(16, '0'));
const MISSING = 'ffffffffffffffff';

/** Few values each, so that they meet; most spans say little, as most real ones do. */
const seldom = <T>(value: fc.Arbitrary<T>, absent: T): fc.Arbitrary<T> => fc.oneof({ arbitrary: fc.constant(absent), weight: 3 }, value);
const hour = 3_600_000_000_000n;

/** Kept as what differs from a plain draft: that is what a counterexample prints. */
type Version = Partial<Draft>;

const versionOf = (traceId: string, spanId: string): fc.Arbitrary<Version> =>
  fc
    .record({
      parentId: fc.oneof(fc.constant(''), fc.constantFrom(...SPANS), fc.constant(MISSING)),
      kind: fc.constantFrom(...KINDS, 'llm' as const, 'llm' as const),
      status: fc.constantFrom('completed', 'completed', 'failed', 'cancelled', 'running'),
      name: fc.constantFrom('x', 'y'),
      startedAt: fc.nat(8).map((n) => START + (BigInt(n) * hour) / 4n),
      durationNs: fc.nat(4).map((n) => BigInt(n) * 7_000_000_000n),
      usage: seldom(fc.record({ known: fc.constantFrom(1, 2, 3, 7), input: fc.nat(1000), output: fc.nat(1000), cacheRead: fc.nat(9) }), {
        known: 0,
        input: 0,
        output: 0,
        cacheRead: 0,
      }),
      cost: seldom(fc.record({ bit: fc.constantFrom(32, 64), reportedCost: fc.bigInt(0n, 10n ** 18n - 1n) }), { bit: 0, reportedCost: 0n }),
      model: fc.constantFrom('', 'm1', 'm2'),
      responseId: seldom(fc.constantFrom('r1', 'r2'), ''),
      flags: seldom(fc.constantFrom(Flag.createAgent, Flag.timeAnomaly, Flag.arrivalTime), 0),
      ownRunId: seldom(fc.constantFrom('run-1', 'run-2', TRACES[1]!), ''),
      ownUser: seldom(fc.constantFrom('u', '{"u":1}', 'rusfc'), ''),
      ownSession: seldom(fc.constantFrom('s1', 's2'), ''),
      ownFeature: seldom(fc.constantFrom('chat', 'prompt'), ''),
      ownSource: seldom(fc.constantFrom('c1', 'c2'), ''),
      ownTags: seldom<readonly string[]>(fc.constantFrom(['t'], ['t', 'v']), []),
      runName: seldom(fc.constantFrom({ runName: 'n1', runNameRank: 0 }, { runName: 'n2', runNameRank: 7 }), {
        runName: '',
        runNameRank: 1000,
      }),
      rootName: seldom(fc.constant({ rootName: 'root', rootNameRank: 3 }), { rootName: '', rootNameRank: 1000 }),
      weight: fc.nat(2),
    })
    .map(({ usage, cost, runName, rootName, ...over }) => ({
      traceId,
      spanId,
      ...over,
      ...usage,
      ...runName,
      ...rootName,
      known: usage.known | cost.bit,
      [cost.bit === 32 ? 'reportedCost' : 'pricedCost']: cost.reportedCost,
      hasEnd: over.status !== 'running',
    }));

/** One to three versions of some spans of two traces; every version has a content of its own, so a hash of its own. */
const versions = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...TRACES), fc.constantFrom(...SPANS)), { minLength: 1, maxLength: 10, selector: (t) => t.join() })
  .chain((spans) => fc.tuple(...spans.map(([trace, span]) => fc.array(versionOf(trace, span), { minLength: 1, maxLength: 3 }))))
  .map((found) => found.flat().map((version, i): Version => ({ ...version, hashLo: i })));

/** How they arrive: an order (of all of them, then of repeats), where batches end, and what happens to the process between two batches. */
const arrival = (n: number) =>
  fc.record({
    order: fc.shuffledSubarray([...Array(n).keys()], { minLength: n, maxLength: n }),
    repeats: fc.array(fc.nat(n - 1), { maxLength: 6 }),
    cuts: fc.array(fc.nat(n + 5), { maxLength: 8 }),
    events: fc.array(fc.constantFrom<Event>('none', 'none', 'load', 'restart', 'restart with an index', 'lost'), { maxLength: 12 }),
    recentBytes: fc.constantFrom(0, 6000, 1_000_000),
    // Rows from which a trace is resolved by what changes, not anew.
    large: fc.constantFrom(0, 0, 3, 1000),
  });
type Event = 'none' | 'load' | 'restart' | 'restart with an index' | 'lost';
type Arrival = ReturnType<typeof arrival> extends fc.Arbitrary<infer T> ? T : never;

const scenario = versions.chain((found) => fc.tuple(fc.constant(found), arrival(found.length)));

/** Checks a promise on some hundred scenarios; a failure names the seed and the smallest scenario that breaks it. */
const always = (
  promise: (drafts: Draft[], how: Arrival) => Promise<void>,
  numRuns = Number(process.env.AIRUNS_SEEDS ?? 300),
): Promise<void> =>
  fc.assert(
    fc.asyncProperty(scenario, ([found, how]) => promise(found.map(makeDraft), how)),
    { numRuns },
  );

/** A process: its memory goes with it, the ledger stays. */
class Process {
  settler: Settler;
  #now = 1_795_341_600_000;
  constructor(
    readonly ledger: MemoryLedger,
    private readonly recentBytes: number,
    private readonly large: number,
    index: 'rebuilt' | 'not yet',
  ) {
    this.settler = new Settler({ lookup: ledger.lookup, recentBytes, large, seenMegabytes: 1 });
    for (const trace of ledger.traces(PROJECT)) this.settler.seen.add(PROJECT, trace);
    this.settler.seen.complete = index === 'rebuilt';
  }

  async book(drafts: readonly Draft[], lost = false): Promise<Settled> {
    const settled = await this.settler.settle(PROJECT, drafts, this.#now++);
    if (!lost) settled.commit(this.ledger.journal(PROJECT, settled.entries));
    return settled;
  }

  load(): void {
    this.settler.loaded(this.ledger.load());
  }

  restart(index: 'rebuilt' | 'not yet'): Process {
    this.ledger.load();
    return new Process(this.ledger, this.recentBytes, this.large, index);
  }
}

const batchesOf = (drafts: readonly Draft[], { order, repeats, cuts }: Arrival): Draft[][] => {
  const all = [...order, ...repeats].map((i) => drafts[i]!);
  const ends = [...new Set([...cuts, all.length])].filter((end) => end > 0 && end <= all.length).sort((a, b) => a - b);
  return ends.map((end, i) => all.slice(ends[i - 1] ?? 0, end));
};

async function arrive(drafts: readonly Draft[], how: Arrival): Promise<Process> {
  let running = new Process(new MemoryLedger(), how.recentBytes, how.large, 'rebuilt');
  for (const [i, batch] of batchesOf(drafts, how).entries()) {
    const event = how.events[i] ?? 'none';
    // A batch whose journal write fails is settled and never committed; its sender sends it again.
    if (event === 'lost') await running.book(batch, true);
    await running.book(batch);
    if (event === 'load') running.load();
    if (event.startsWith('restart')) running = running.restart(event === 'restart' ? 'not yet' : 'rebuilt');
  }
  running.load();
  return running;
}

async function allAtOnce(drafts: readonly Draft[]): Promise<MemoryLedger> {
  const one = new Process(new MemoryLedger(), 1_000_000, 1000, 'rebuilt');
  await one.book(drafts);
  one.load();
  return one.ledger;
}

describe('any order, any batching, duplicates and restarts', () => {
  it('leave the same rows and the same totals as everything at once', () =>
    always(async (drafts, how) => {
      const want = await allAtOnce(drafts);
      const { ledger } = await arrive(drafts, how);
      expect(ledger.state()).toEqual(want.state());
      expect(ledger.runs).toEqual(want.runs);
      expect(ledger.hours).toEqual(want.hours);
    }));

  it('leave totals that a recount of the newest rows confirms', () =>
    always(async (drafts, how) => {
      const { ledger } = await arrive(drafts, how);
      const recount = ledger.recount();
      expect(ledger.runs).toEqual(recount.runs);
      expect(ledger.hours).toEqual(recount.hours);
    }));

  it('book nothing when all is sent again, by the same process or the next', () =>
    always(async (drafts, how) => {
      const running = await arrive(drafts, how);
      for (const now of [running, running.restart('not yet'), running.restart('rebuilt')]) {
        const again = await now.book(drafts);
        expect(again.entries).toEqual([]);
        expect([...again.booked]).toEqual(drafts.map(() => 0));
      }
    }));

  it('book a span at least once, and a version at most once', () =>
    always(async (drafts, how) => {
      const now = new Process(new MemoryLedger(), how.recentBytes, how.large, 'rebuilt');
      const spans = new Set(drafts.map((d) => `${d.traceId}${d.spanId}`)).size;
      let booked = 0;
      for (const batch of batchesOf(drafts, how)) booked += (await now.book(batch)).booked.reduce((a, b) => a + b, 0);
      expect(booked).toBeGreaterThanOrEqual(spans);
      expect(booked).toBeLessThanOrEqual(drafts.length);
    }, 100));
});
