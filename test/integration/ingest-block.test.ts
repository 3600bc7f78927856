import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AttributeTable, KeyTable, ValueType } from '../../ingest/decode/attributes.ts';
import { type Draft, Flag, KINDS, MAX_VALUE } from '../../ingest/draft.ts';
import { type Balance, InboxBlock } from '../../ingest/journal/block.ts';
import type { TaskRow } from '../../ingest/settle/diff.ts';
import { storeLookup } from '../../ingest/settle/lookup.ts';
import { resolve } from '../../ingest/settle/resolve.ts';
import { Settler } from '../../ingest/settle/settle.ts';
import { verifyBooks } from '../../schema/index.ts';
import { draftOf, draftsOf, makeDraft, START, spanIdOf } from '../support/otlp-drafts.ts';
import { columnsOf, readBack } from '../support/otlp-ledger.ts';
import { openTestStore, type TestStore } from '../support/otlp-store.ts';

const NOW = 1_795_341_600_000;
let test: TestStore;

beforeAll(async () => {
  test = await openTestStore();
});
afterAll(() => test.close());

const keys = new KeyTable();
const lookup = (project: string, traces: readonly string[]): Promise<TaskRow[]> => storeLookup(test.store, () => keys)(project, traces);
const settlerOf = (): Settler => new Settler({ lookup, seenMegabytes: 1 });

/** Attributes as they come with a request: in the middle of its table, some kept as texts. */
function attributesOf(pairs: readonly (readonly [string, string])[]): Draft['attributes'] {
  const bytes = Buffer.from(`before${pairs.map(([, value]) => value).join('')}`);
  const table = new AttributeTable(bytes, keys);
  table.push(keys.idOf('of another span'), ValueType.string, 0, 6, 0);
  let at = 6;
  for (const [key, value] of pairs) {
    table.push(keys.idOf(key), ValueType.string, at, Buffer.byteLength(value), 0);
    at += Buffer.byteLength(value);
  }
  return { table, from: 1, to: table.count, skip: null };
}

const textsOf = ({ attributes: { table, from, to, skip } }: Draft): [string, string][] =>
  Array.from({ length: to - from }, (_, i) => from + i)
    .filter((i) => !skip?.has(i))
    .map((i) => [table.keyTable.name(table.keys[i]!), table.text(i)]);

/** Rows as settle makes them, one span a trace. */
const rowOf = (draft: Draft, over: Partial<TaskRow> = {}): TaskRow => {
  const verdict = resolve([draft])[0]!;
  return { draft, verdict, seen: NOW, ver: 1, factVer: verdict.bears ? 1 : 0, ...over };
};

const byId = (a: TaskRow, b: TaskRow): number => (a.draft.traceId + a.draft.spanId < b.draft.traceId + b.draft.spanId ? -1 : 1);
/** All that the store must give back of a row. */
const facts = (row: TaskRow) => {
  const { contextRef, events, links } = row.draft;
  return { ...columnsOf(row), contextRef: contextRef || '0'.repeat(32), events, links, attributes: textsOf(row.draft) };
};

async function roundTrip(project: string, rows: readonly TaskRow[]): Promise<void> {
  const block = new InboxBlock();
  for (const row of rows) block.addEntry(project, { sign: 1, row, traceSeen: row.seen });
  await test.load(block.finish());
  const back = await lookup(project, [...new Set(rows.map((row) => row.draft.traceId))]);
  expect(back.sort(byId).map(facts)).toEqual(rows.map(readBack).sort(byId).map(facts));
}

describe('a block', () => {
  const hex = (digits: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`));
  const text = fc.oneof(
    fc.constantFrom(
      '',
      'a',
      "it's",
      'null',
      '\0',
      '\t\n\\N',
      '{"u":"x"}',
      '🧾'.repeat(30),
      'é'.repeat(21),
      'é'.repeat(43),
      'x'.repeat(127),
      'x'.repeat(128),
    ),
    fc.string({ unit: 'grapheme', maxLength: 40 }),
  );
  const amount = fc.constantFrom(0, 1, 255, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1);
  const money = fc.constantFrom(0n, 1n, 999_999_999_999_999_999n, -1n, 34_500_000n);
  const time = fc.constantFrom(946_684_800_000_000_000n, START, START + 1n, 4_102_444_800_000_000_000n);
  const draft: fc.Arbitrary<Draft> = fc
    .record({
      traceId: hex(32).filter((id) => !/^0+$/.test(id)),
      spanId: hex(16).filter((id) => !/^0+$/.test(id)),
      parentId: fc.oneof(
        fc.constant(''),
        hex(16).filter((id) => !/^0+$/.test(id)),
      ),
      kind: fc.constantFrom(...KINDS),
      status: fc.constantFrom('running', 'completed', 'failed', 'cancelled'),
      name: text,
      errorType: text,
      errorMessage: text,
      provider: text,
      model: text,
      requestModel: text,
      startedAt: time,
      durationNs: fc.constantFrom(0n, 1n, 3_000_000_000_000_000_000n),
      ttftNs: fc.constantFrom(0n, 5n),
      known: fc.nat(127),
      input: amount,
      output: amount,
      cacheRead: amount,
      cacheWrite: amount,
      reasoning: amount,
      reportedCost: money,
      pricedCost: money,
      priceId: text,
      flags: fc.constantFrom(0, Flag.timeAnomaly, Flag.createAgent | Flag.truncated, Flag.arrivalTime),
      responseId: text,
      weight: fc.constantFrom(0, 5, 2 ** 32 - 1),
      hashHi: fc.constantFrom(0, 1, 2 ** 32 - 1),
      hashLo: fc.constantFrom(0, 1, 2 ** 32 - 1),
      ownRunId: text,
      ownUser: text,
      ownSession: text,
      ownFeature: text,
      ownSource: text,
      ownTags: fc.array(text, { maxLength: 3 }),
      inputRefs: fc.array(hex(32), { maxLength: 3 }),
      outputRefs: fc.array(hex(32), { maxLength: 3 }),
      contextRef: hex(32),
      events: text,
      links: text,
      pairs: fc.uniqueArray(fc.tuple(text, text), { maxLength: 4, selector: ([key]) => key }),
    })
    .map(({ pairs, ...over }) => makeDraft({ ...over, hasEnd: over.status !== 'running', attributes: attributesOf(pairs) }));

  it('gives back every column as it was pushed, whatever stands in it', async () => {
    // One block for all: what is pushed for one row must not move the columns of the next.
    const check = async (drafts: Draft[]): Promise<void> => {
      const rows = drafts.map((d, i) => rowOf(d, { seen: NOW + i, ver: 1 + i * 1000 }));
      await roundTrip(`random-${Math.random()}`, rows);
    };
    const many = fc.uniqueArray(draft, { minLength: 1, maxLength: 150, selector: (d) => d.traceId });
    await fc.assert(fc.asyncProperty(many, check), { numRuns: 8 });
  });

  it.each([
    ['ids that end in zeros', { traceId: `ab${'0'.repeat(30)}`, spanId: `ab${'0'.repeat(14)}`, parentId: `cd${'0'.repeat(14)}` }],
    ['ids that begin with zeros', { traceId: `${'0'.repeat(31)}1`, spanId: `${'0'.repeat(15)}1`, parentId: `${'0'.repeat(15)}2` }],
    ['ids of ones', { traceId: 'f'.repeat(32), spanId: 'f'.repeat(16), parentId: 'f'.repeat(16) }],
  ])('keeps %s', (name, over) => roundTrip(name, [rowOf(makeDraft(over))]));

  it.each([1, 256, 257, 65_536, 65_537])('keeps %d distinct names', async (count) => {
    const project = `names-${count}`;
    const block = new InboxBlock();
    const id = (i: number): string => (i + 1).toString(16).padStart(16, '0');
    for (let i = 0; i < count; i++)
      block.addEntry(project, { sign: 1, row: rowOf(makeDraft({ spanId: id(i), name: `name ${i}` })), traceSeen: NOW });
    await test.load(block.finish());
    const [row] = await test.store.query(
      `SELECT uniqExact(name) AS names, countIf(name = concat('name ', toString(span_id - 1))) AS right FROM tasks FINAL WHERE project = {project:String}`,
      { project },
    );
    expect(row).toEqual({ names: String(count), right: String(count) });
  });

  it('keeps maps that are empty, full, and in between', async () => {
    const pairs = (n: number): [string, string][] => Array.from({ length: n }, (_, i) => [`key ${i}`, `value ${i}`]);
    const counts = [0, 3, 0, 0, 300, 1, 0];
    await roundTrip(
      'maps',
      counts.map((n, i) => rowOf(makeDraft({ spanId: spanIdOf(`s${i}`), attributes: attributesOf(pairs(n)) }))),
    );
  });

  it('of rows without any attribute can be read', async () => {
    await roundTrip('no maps', [rowOf(makeDraft())]);
  });

  it('cuts a long value at its length, never inside of a character', async () => {
    const row = rowOf(
      makeDraft({
        attributes: attributesOf([
          ['long', `${'x'.repeat(MAX_VALUE - 1)}é`],
          ['next', 'whole'],
        ]),
      }),
    );
    const block = new InboxBlock();
    block.addEntry('long', { sign: 1, row, traceSeen: row.seen });
    const { slices, details } = block.large.take();
    block.addCargo('long', { texts: slices, details, balance: balance({}) }, NOW);
    await test.load(block.finish());
    const [back] = await lookup('long', [row.draft.traceId]);
    // What is too large for its row is a text, and the row says which.
    expect(Object.fromEntries(textsOf(back!.draft))).toEqual({ long: `\0text:${details[0]!.ref}`, next: 'whole' });
    const texts = await test.store.query<{ text: string }>("SELECT text FROM messages WHERE project = 'long'");
    expect(texts).toEqual([{ text: `${'x'.repeat(MAX_VALUE - 1)}\ufffd` }]);
  });

  it('mends what is not UTF-8', async () => {
    const bytes = Buffer.concat([Buffer.from('a'), Buffer.of(0xff, 0xfe), Buffer.from('b'.repeat(60))]);
    const table = new AttributeTable(bytes, keys);
    table.push(keys.idOf('short'), ValueType.string, 0, 4, 0);
    table.push(keys.idOf('long'), ValueType.string, 0, bytes.length, 0);
    const row = rowOf(makeDraft({ attributes: { table, from: 0, to: 2, skip: null }, name: 'lone \ud800 surrogate' }));
    const block = new InboxBlock();
    block.addEntry('utf8', { sign: 1, row, traceSeen: row.seen });
    await test.load(block.finish());
    const [back] = await lookup('utf8', [row.draft.traceId]);
    expect(Object.fromEntries(textsOf(back!.draft))).toEqual({ short: 'a\ufffd\ufffdb', long: `a\ufffd\ufffd${'b'.repeat(60)}` });
    expect(back!.draft.name).toBe('lone \ufffd surrogate');
  });

  const balance = (over: Partial<Balance>): Balance => ({
    signal: 'traces',
    received: 0,
    booked: 0,
    duplicate: 0,
    rejected: 0,
    reasons: new Map(),
    ...over,
  });
  const slice = (text: string) => ({ bytes: Buffer.from(text), from: 0, to: Buffer.byteLength(text) });

  it('with nothing but cargo books nothing and keeps the cargo', async () => {
    const refs = ['1', 'f'].map((digit) => digit.repeat(32));
    const block = new InboxBlock();
    block.addCargo(
      'cargo',
      {
        texts: new Map([
          [refs[0]!, slice('first')],
          [refs[1]!, slice('')],
        ]),
        details: [
          { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), at: START + 1n, side: 'output', ref: refs[0]!, place: 0, first: true },
        ],
        balance: balance({ received: 7, booked: 3, duplicate: 3, rejected: 1, reasons: new Map([['invalid_trace_id', 1]]) }),
      },
      NOW,
    );
    block.addCargo('cargo', { texts: new Map(), details: [], balance: balance({ signal: 'metrics', received: 2, booked: 2 }) }, NOW);
    expect(block.rows).toBe(2);
    await test.load(block.finish());
    expect(block.rows).toBe(0);
    const all = <Row>(sql: string): Promise<Row[]> => test.store.query<Row>(sql, { project: 'cargo' });
    expect(await all('SELECT count() AS n FROM tasks WHERE project = {project:String}')).toEqual([{ n: '0' }]);
    expect(await all('SELECT lower(hex(hash)) AS hash, text FROM messages WHERE project = {project:String} ORDER BY text')).toEqual([
      { hash: refs[1], text: '' },
      { hash: refs[0], text: 'first' },
    ]);
    expect(
      await all(`SELECT lower(hex(trace_id)) AS t, lower(hex(span_id)) AS s, side, toUnixTimestamp64Nano(at) AS ns, lower(hex(hash)) AS h
        FROM details WHERE project = {project:String}`),
    ).toEqual([{ t: 'a'.repeat(32), s: 'b'.repeat(16), side: 'output', ns: String(START + 1n), h: refs[0]!.replace(/^0+/, '') }]);
    expect(
      await all(
        'SELECT signal, received, booked, duplicate, rejected, reasons FROM ingest_log WHERE project = {project:String} ORDER BY signal',
      ),
    ).toEqual([
      { signal: 'metrics', received: '2', booked: '2', duplicate: '0', rejected: '0', reasons: {} },
      { signal: 'traces', received: '7', booked: '3', duplicate: '3', rejected: '1', reasons: { invalid_trace_id: '1' } },
    ]);
  });

  it('is empty again after it was cleared', async () => {
    const block = new InboxBlock();
    block.addEntry('cleared', { sign: 1, row: rowOf(makeDraft({ attributes: attributesOf([['a', 'b']]) })), traceSeen: NOW });
    block.addCargo('cleared', { texts: new Map([['1'.repeat(32), slice('x')]]), details: [], balance: balance({ received: 1 }) }, NOW);
    block.clear();
    await roundTripWith(block, 'cleared after');
  });

  async function roundTripWith(block: InboxBlock, project: string): Promise<void> {
    const row = rowOf(makeDraft({ attributes: attributesOf([['c', 'd']]), name: 'kept' }));
    block.addEntry(project, { sign: 1, row, traceSeen: row.seen });
    await test.load(block.finish());
    const back = await lookup(project, [row.draft.traceId]);
    expect(back.map(facts)).toEqual([facts(readBack(row))]);
    expect(await lookup('cleared', [row.draft.traceId])).toEqual([]);
  }
});

describe('settle over a real store', () => {
  async function book(settler: Settler, project: string, drafts: readonly Draft[]) {
    const settled = await settler.settle(project, drafts, NOW);
    const block = new InboxBlock();
    for (const entry of settled.entries) block.addEntry(project, entry);
    if (block.rows > 0) await test.load(block.finish());
    return settled;
  }

  const trace = () =>
    draftsOf({
      root: { ownRunId: 'R', runName: 'named', runNameRank: 0, ownTags: ['t', 'é'], attributes: attributesOf([['http.route', '/chat']]) },
      outer: { in: 'root', kind: 'llm', usage: [5, 1], model: 'm', priceId: 'p1', pricedCost: 7n, known: 67 },
      inner: {
        in: 'outer',
        kind: 'llm',
        usage: [9, 1],
        known: 35,
        reportedCost: 999_999_999_999_999_999n,
        ownUser: 'u',
        inputRefs: ['0'.repeat(31).concat('1')],
        attributes: attributesOf([['k', 'v']]),
        events: '[]',
      },
      tool: { in: 'gone', kind: 'tool', status: 'failed', errorType: 'E', ownUser: 'other' },
      same: { in: 'tool', kind: 'tool', name: 'tool' },
      loop: { in: 'loop', kind: 'step' },
    });

  it('books nothing when all is sent again after a restart', async () => {
    const first = await book(settlerOf(), 'restart', trace());
    expect(first.entries).toHaveLength(6);
    const again = await book(settlerOf(), 'restart', trace());
    expect(again.entries).toEqual([]);
    expect([...again.booked]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('takes back exactly what is booked when a late span changes it after a restart', async () => {
    await book(settlerOf(), 'late', trace());
    const stored = new Map((await lookup('late', [trace()[0]!.traceId])).map((row) => [row.draft.spanId, row]));
    const late = draftOf('late', { in: 'inner', at: 9, kind: 'llm', usage: [4, 4], attributes: attributesOf([['x', 'y']]) });
    const parent = draftOf('gone', { in: 'root', at: 1, ownFeature: 'chat' });
    const { entries } = await book(settlerOf(), 'late', [late, parent]);
    const back = entries.filter(({ sign }) => sign === -1);
    expect(back.length).toBeGreaterThan(3);
    for (const { row } of back) expect(columnsOf(row)).toEqual(columnsOf(stored.get(row.draft.spanId)!));
    // A row that was only judged anew keeps its attributes and events.
    const now = await lookup('late', [late.traceId]);
    const inner = now.find(({ draft }) => draft.spanId === spanIdOf('inner'))!;
    expect([textsOf(inner.draft), inner.draft.events, inner.verdict.feature]).toEqual([[['k', 'v']], '[]', 'chat']);
    expect(now).toHaveLength(8);
  });

  it('leaves books that a recount confirms', async () => {
    // The references of these rows are made up: nobody has their texts.
    const totals = (await verifyBooks(test.store)).filter(({ name }) => name !== 'messages' && name !== 'details');
    for (const { name, mismatches } of totals) expect({ name, mismatches: mismatches.length }).toEqual({ name, mismatches: 0 });
  });
});
