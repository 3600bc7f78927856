import { describe, expect, it } from 'vitest';
import { draftOf, makeDraft, type SpanShape, spanIdOf, TRACE } from '../../test/support/otlp-drafts.ts';
import { MemoryLedger } from '../../test/support/otlp-ledger.ts';
import { AttributeTable, KeyTable, ValueType } from '../decode/attributes.ts';
import type { Draft } from '../draft.ts';
import { type Settled, Settler } from './settle.ts';

const HOUR_MS = 3_600_000;
const NOW = 1_795_341_600_000;

/** A settler over a ledger, as one process runs it; `asked` collects the traces it looked up. */
function start(ledger = new MemoryLedger(), recentBytes?: number) {
  const asked: string[] = [];
  const settler = new Settler({
    lookup: (project, traces) => {
      asked.push(...traces);
      return ledger.lookup(project, traces);
    },
    seenMegabytes: 1,
    ...(recentBytes === undefined ? {} : { recentBytes }),
  });
  settler.seen.complete = true;
  const book = async (...drafts: Draft[]): Promise<Settled> => {
    const settled = await settler.settle('p', drafts, NOW);
    settled.commit(ledger.journal('p', settled.entries));
    return settled;
  };
  return { settler, ledger, asked, book };
}

/** Entries as the table of examples writes them: sign, span, run, counted. */
const written = ({ entries }: Settled): string[] =>
  entries.map(({ sign, row: { draft, verdict } }) => {
    const run = verdict.runId === TRACE ? 'T' : verdict.runId;
    return `${sign === 1 ? '+' : '-'} ${draft.name} ${run} ${verdict.counted ? 'yes' : `no(${verdict.why})`}`;
  });

const totals = (ledger: MemoryLedger): Record<string, string> => {
  ledger.load();
  const runs = [...ledger.runs].map(([key, sums]) => [
    key.replace('p/', '').replace(TRACE, 'T'),
    `${sums.get('tasks') ?? 0n} tasks ${sums.get('input') ?? 0n}/${sums.get('output') ?? 0n}`,
  ]);
  return Object.fromEntries(runs);
};

describe('examples', () => {
  const llm = (id: string, over: SpanShape): Draft => draftOf(id, { kind: 'llm', ...over });

  it('AI SDK: the inner call, then the step around it that repeats the figures', async () => {
    const { book, ledger } = start();
    const inner = llm('doGenerate', { in: 'genText', at: 1, usage: [100, 10] });
    const outer = draftOf('genText', { kind: 'step', usage: [100, 10] });
    expect(written(await book(inner))).toEqual(['+ doGenerate T yes']);
    // The facts of the run move to the root, so the inner row is written again; its figures do not change.
    expect(written(await book(outer))).toEqual(['- doGenerate T yes', '+ doGenerate T yes', '+ genText T no(usage_below)'].sort(bySpan));
    expect(totals(ledger)).toEqual({ T: '2 tasks 100/10' });
  });

  it('the view of an outer instrumentation, then the call itself below it', async () => {
    const { book, ledger } = start();
    expect(written(await book(llm('outer', { usage: [276, 50] })))).toEqual(['+ outer T yes']);
    expect(totals(ledger)).toEqual({ T: '1 tasks 276/50' });
    expect(written(await book(llm('inner', { in: 'outer', at: 1, usage: [1300, 50] })))).toEqual([
      '- outer T yes',
      '+ outer T no(same_call_inner)',
      '+ inner T yes',
    ]);
    expect(totals(ledger)).toEqual({ T: '2 tasks 1300/50' });
  });

  it('a remote agent that sums up its calls, a day later the call', async () => {
    const { book, ledger } = start();
    expect(written(await book(draftOf('agent', { kind: 'agent', usage: [900, 90] })))).toEqual(['+ agent T yes']);
    expect(totals(ledger)).toEqual({ T: '1 tasks 900/90' });
    expect(written(await book(llm('call', { in: 'agent', at: 24 * 3600, usage: [900, 90] })))).toEqual([
      '- agent T yes',
      '+ agent T no(usage_below)',
      '+ call T yes',
    ]);
    expect(totals(ledger)).toEqual({ T: '2 tasks 900/90' });
  });

  it("a worker's call without a run, then the root that names it", async () => {
    const { book, ledger } = start();
    expect(written(await book(llm('call', { in: 'root', at: 1, usage: [10, 1] })))).toEqual(['+ call T yes']);
    expect(written(await book(draftOf('root', { ownRunId: 'R' })))).toEqual([
      '+ root R no(not_a_model_call)',
      '- call T yes',
      '+ call R yes',
    ]);
    expect(totals(ledger)).toEqual({ R: '2 tasks 10/1' });
  });

  it('one request three times, the third in two halves', async () => {
    const { book, ledger } = start();
    const spans = [draftOf('root', {}), llm('a', { in: 'root', at: 1, usage: [1, 1] }), llm('b', { in: 'root', at: 2, usage: [2, 2] })];
    expect(await book(...spans)).toMatchObject({ booked: Uint8Array.of(1, 1, 1) });
    for (const again of [spans, spans.slice(0, 2), spans.slice(2)]) {
      const settled = await book(...again);
      expect(settled.entries).toEqual([]);
      expect([...settled.booked]).toEqual(again.map(() => 0));
      expect(settled.touched).toEqual([]);
    }
    expect(totals(ledger)).toEqual({ T: '3 tasks 3/3' });
  });

  it('a span that runs, then has ended, then its beginning once more', async () => {
    const { book, ledger } = start();
    const running = llm('call', { status: 'running', hasEnd: false, durationNs: 0n, hashLo: 1 });
    const ended = llm('call', { usage: [7, 7], hashLo: 2 });
    const entriesOf = async (draft: Draft) => (await book(draft)).entries.map(({ sign, row }) => [sign, row.ver, row.draft.status]);
    expect(await entriesOf(running)).toEqual([[1, 1, 'running']]);
    expect(await entriesOf(ended)).toEqual([
      [-1, 1, 'running'],
      [1, 2, 'completed'],
    ]);
    expect(await entriesOf(running)).toEqual([]);
    expect(totals(ledger)).toEqual({ T: '1 tasks 7/7' });
  });
});

/** Entries of one batch stand in start order of their spans. */
const bySpan = (a: string, b: string): number => Number(b.includes('genText')) - Number(a.includes('genText'));

describe('what is remembered', () => {
  it('of a first version: its time of booking, in every later version', async () => {
    const { settler, ledger } = start();
    const first = await settler.settle('p', [makeDraft({ hashLo: 1 })], NOW);
    first.commit(ledger.journal('p', first.entries));
    const second = await settler.settle('p', [makeDraft({ hashLo: 2 })], NOW + HOUR_MS);
    expect(second.entries.map(({ row }) => row.seen)).toEqual([NOW, NOW]);
  });

  it('is nothing of a batch that was not committed', async () => {
    const { settler, asked } = start();
    const draft = makeDraft({ kind: 'llm' });
    expect((await settler.settle('p', [draft], NOW)).entries).toHaveLength(1);
    expect((await settler.settle('p', [draft], NOW)).entries).toHaveLength(1);
    expect(asked).toEqual([]);
  });

  it('is never forgotten before the store has it, whatever it takes in memory', async () => {
    const { settler, ledger, asked, book } = start(new MemoryLedger(), 0);
    for (let i = 0; i < 20; i++) await book(makeDraft({ traceId: i.toString(16).padStart(32, 'a') }));
    const again = await book(makeDraft({ traceId: '0'.padStart(32, 'a') }));
    expect(again.entries).toEqual([]);
    expect(asked).toEqual([]);
    settler.loaded(ledger.load());
    expect(settler.recentBytes).toBe(0);
    const later = await book(makeDraft({ traceId: '0'.padStart(32, 'a') }));
    expect(later.entries).toEqual([]);
    expect(asked).toEqual(['0'.padStart(32, 'a')]);
  });

  it('keeps a trace that was touched after its first batch was loaded', async () => {
    const { settler, ledger, book } = start(new MemoryLedger(), 0);
    await book(draftOf('a', { kind: 'llm' }));
    const loaded = ledger.load();
    await book(draftOf('b', { in: 'a', kind: 'tool' }));
    settler.loaded(loaded);
    // The store does not have b yet; only memory knows it.
    expect((await book(draftOf('b', { in: 'a', kind: 'tool' }))).entries).toEqual([]);
  });

  it('keeps a large trace while it grows, and forgets it when it has stopped', async () => {
    const { settler, ledger, asked, book } = start(new MemoryLedger(), 2_600_000);
    const root = draftOf('root', { kind: 'step' });
    const spans = Array.from({ length: 20_000 }, (_, i) => draftOf(`${i}`, { in: 'root', at: i }));
    for (let i = 0; i < spans.length; i += 1000) {
      await book(...(i === 0 ? [root] : []), ...spans.slice(i, i + 1000));
      settler.loaded(ledger.load());
    }
    expect(asked).toEqual([]);
    expect(settler.recentBytes).toBeGreaterThan(2_600_000);
    for (let i = 0; i < 20; i++) {
      await book(makeDraft({ traceId: i.toString(16).padStart(32, 'a') }));
      settler.loaded(ledger.load());
    }
    expect(settler.recentBytes).toBeLessThan(2_600_000);
    expect((await book(spans[0]!)).entries).toEqual([]);
    expect(asked).toEqual([TRACE]);
  });

  it('costs no look-up for a trace that was never seen', async () => {
    const { asked, book } = start();
    await book(draftOf('a', { kind: 'llm' }), draftOf('b', { in: 'a' }));
    expect(asked).toEqual([]);
  });

  it('asks the store for every trace while the index is not rebuilt', async () => {
    const { settler, asked, book } = start();
    settler.seen.complete = false;
    await book(makeDraft());
    expect(asked).toEqual([TRACE]);
  });

  it('tells two projects apart that use the same ids', async () => {
    const { settler, ledger } = start();
    const draft = makeDraft({ kind: 'llm' });
    for (const project of ['p', 'q']) {
      const settled = await settler.settle(project, [draft], NOW);
      expect(settled.entries).toHaveLength(1);
      settled.commit(ledger.journal(project, settled.entries));
    }
    ledger.load();
    expect([...ledger.runs.keys()]).toEqual([`p/${TRACE}`, `q/${TRACE}`]);
  });

  it('tells one span id in two traces apart', async () => {
    const { book } = start();
    const settled = await book(makeDraft(), makeDraft({ traceId: 'f'.repeat(32) }));
    expect(settled.entries).toHaveLength(2);
  });

  it('knows whether a trace has ended', async () => {
    const { settler, book } = start();
    await book(draftOf('child', { in: 'root', kind: 'llm' }));
    expect(settler.ended('p', TRACE)).toBe(false);
    await book(draftOf('root', {}));
    expect(settler.ended('p', TRACE)).toBe(true);
    expect(settler.ended('q', TRACE)).toBe(false);
  });
});

describe('the facts of a run', () => {
  it('are borne by exactly one row of a trace, with a version higher than that of every bearer before', async () => {
    const { book, ledger } = start();
    const spans = [
      draftOf('c', { in: 'b', at: 3 }),
      draftOf('b', { in: 'a', at: 2 }),
      draftOf('a', { at: 1, kind: 'llm' }),
      draftOf('a', { at: 1, kind: 'llm', runName: 'named', runNameRank: 0, hashLo: 2 }),
    ];
    const versions: number[] = [];
    for (const span of spans) {
      const { entries } = await book(span);
      versions.push(...entries.filter(({ sign, row }) => sign === 1 && row.factVer > 0).map(({ row }) => row.factVer));
    }
    ledger.load();
    expect(versions).toEqual([1, 2, 3, 4]);
    const bearers = Object.values(ledger.state()).filter((row) => row.bearer);
    expect(bearers).toMatchObject([{ spanId: spanIdOf('a'), runName: 'named' }]);
  });
});

describe('memory', () => {
  /** A draft that owns a small part of a large request. */
  function fromRequest(id: string, size: number): Draft {
    const table = new AttributeTable(Buffer.alloc(size, '0123456789'), new KeyTable());
    table.push(table.keyTable.idOf('skipped'), ValueType.string, 0, 50, 0);
    table.push(table.keyTable.idOf('key'), ValueType.string, 52, 5, 0);
    table.push(table.keyTable.idOf('more'), ValueType.string, 67, 3, 0);
    table.push(table.keyTable.idOf('n'), ValueType.int, 0, 0, 12);
    table.bytesPerSpan = size;
    const attributes = { table, from: 0, to: 4, skip: new Set([0]) };
    return draftOf(id, { in: 'root', kind: 'tool', attributes });
  }

  it('of a trace that grows span by span is not that of all the requests the spans came with', async () => {
    const { book, settler } = start();
    const MB = 1024 * 1024;
    for (const id of ['a', 'b', 'c', 'd']) await book(fromRequest(id, MB));
    // A change is offered every draft that is held.
    const drafts: Draft[] = [];
    const rewrite = (draft: Draft): Draft => {
      drafts.push(draft);
      return draft;
    };
    await settler.change('p', [TRACE], { kind: 'rewrite', rewrite }, NOW);
    const held = new Set(drafts.map(({ attributes }) => attributes.table.bytes));
    expect([...held].reduce((sum, bytes) => sum + bytes.length, 0)).toBeLessThan(1.1 * MB);
    for (const draft of drafts) {
      const { table, from, to, skip } = draft.attributes;
      const rows = Array.from({ length: to - from }, (_, i) => from + i).filter((i) => !skip?.has(i));
      expect(rows.map((i) => [table.keyTable.name(table.keys[i]!), table.text(i)])).toEqual([
        ['key', '23456'],
        ['more', '789'],
        ['n', '12'],
      ]);
    }
  });

  it('of a span whose texts are journaled is not that of its texts, and not before they are', async () => {
    const { settler, ledger } = start();
    const drafts = ['a', 'b'].map((id) => fromRequest(id, 1024 * 1024));
    drafts[1] = { ...drafts[1]!, attributes: { ...drafts[0]!.attributes, from: 1, skip: null } };
    const { table } = drafts[0]!.attributes;
    const settled = await settler.settle('p', drafts, NOW);
    expect(table.bytes.length).toBe(1024 * 1024);
    settled.commit(ledger.journal('p', settled.entries));
    expect(table.bytes.toString()).toBe('23456789');
    for (const { attributes } of drafts) {
      const rows = Array.from({ length: attributes.to - attributes.from }, (_, i) => attributes.from + i).filter(
        (i) => !attributes.skip?.has(i),
      );
      expect(rows.map((i) => [table.keyTable.name(table.keys[i]!), table.text(i)])).toEqual([
        ['key', '23456'],
        ['more', '789'],
        ['n', '12'],
      ]);
    }
    expect(settler.recentBytes).toBeLessThan(4000);
  });
});
