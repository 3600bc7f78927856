import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AttributeTable, KeyTable, ValueType } from '../../ingest/decode/attributes.ts';
import type { Draft } from '../../ingest/draft.ts';
import { InboxBlock } from '../../ingest/journal/block.ts';
import { storeLookup, storePages } from '../../ingest/settle/lookup.ts';
import { rebuildSeen } from '../../ingest/settle/rebuild.ts';
import { SeenTraces } from '../../ingest/settle/seen.ts';
import { type Settled, Settler } from '../../ingest/settle/settle.ts';
import { verifyBooks } from '../../schema/index.ts';
import { draftOf, TRACE } from '../support/otlp-drafts.ts';
import { openTestStore, type TestStore } from '../support/otlp-store.ts';

let test: TestStore;
beforeAll(async () => {
  test = await openTestStore();
});
afterAll(() => test.close());
const fail = (message: string): void => expect.unreachable(message);

describe('the seen index, rebuilt from a real store', () => {
  it('case 30: knows ids that end in zeros, begin with zeros, are all ones, or differ in one byte', async () => {
    const ids = [
      `ab${'0'.repeat(30)}`,
      `${'0'.repeat(31)}1`,
      'f'.repeat(32),
      `${'c'.repeat(30)}01`,
      `${'c'.repeat(30)}02`,
      `${'d'.repeat(28)}0000`,
    ];
    for (const [i, id] of ids.entries()) {
      await test.store.command(
        `INSERT INTO tasks (project, trace_id, span_id, seen, ver) SELECT {project:String}, reinterpretAsUInt128(reverse(unhex({id:String}))), 1, now64(3) - toIntervalHour({i:UInt8}), 1`,
        { project: i % 2 ? 'odd' : 'even', id, i },
      );
    }
    const seen = new SeenTraces(1);
    await rebuildSeen(test.store, seen, { stop: new AbortController().signal, onTrouble: fail });
    expect(seen.complete).toBe(true);
    for (const [i, id] of ids.entries()) {
      expect(seen.maybe(i % 2 ? 'odd' : 'even', id)).toBe(true);
      expect(seen.maybe(i % 2 ? 'even' : 'odd', id)).toBe(false);
    }
  });

  it('knows every trace of many', async () => {
    await test.store.command(
      `INSERT INTO tasks (project, trace_id, span_id, seen, ver)
       SELECT 'many', toUInt128(cityHash64(intDiv(number, 3))) * 65536, number, now64(3) - toIntervalMinute(number % 500), 1 FROM numbers(90000)`,
    );
    const seen = new SeenTraces(4);
    await rebuildSeen(test.store, seen, { stop: new AbortController().signal, onTrouble: fail });
    const traces = await test.store.query<{ id: string }>(
      `SELECT DISTINCT leftPad(lower(hex(trace_id)), 32, '0') AS id FROM tasks WHERE project = 'many'`,
    );
    expect(traces).toHaveLength(30_000);
    expect(traces.filter(({ id }) => !seen.maybe('many', id))).toEqual([]);
    expect(traces.filter(({ id }) => seen.maybe('nobody', id)).length).toBeLessThan(30);
  });
});

describe('a large trace over a real store', () => {
  const NOW = Date.now();
  const keys = new KeyTable();
  let batch = 0;

  const settlerOf = (): Settler =>
    new Settler({ lookup: storeLookup(test.store, () => keys), pages: storePages(test.store, () => keys), seenMegabytes: 1 });

  async function commit(settler: Settler, project: string, settled: Settled): Promise<number> {
    const block = new InboxBlock();
    let entries = 0;
    for await (const part of settled.parts()) {
      for (const entry of part) block.addEntry(project, entry);
      entries += part.length;
    }
    if (block.rows > 0) await test.load(block.finish());
    settled.commit(++batch);
    settler.loaded(batch);
    return entries;
  }
  const book = async (settler: Settler, project: string, ...drafts: Draft[]) =>
    commit(settler, project, await settler.settle(project, drafts, NOW));

  /** Some values of 20 bytes, or of not quite so many that they would leave the row. */
  function attributesOf(size: number, count = 1): Draft['attributes'] {
    const table = new AttributeTable(Buffer.alloc(size, 'x'), keys);
    for (let i = 0; i < count; i++) table.push(keys.idOf(`long${i}`), ValueType.string, 0, size, 0);
    return { table, from: 0, to: count, skip: null };
  }

  const sums = (project: string) =>
    test.store.query(
      'SELECT run_id, sum(tasks) AS tasks, sum(llm_calls) AS calls, sum(input_tokens) AS input FROM runs WHERE project = {project:String} GROUP BY run_id HAVING tasks > 0 ORDER BY run_id',
      { project },
    );

  const call = (i: number): Draft => draftOf(`s${i}`, { in: 'root', at: i + 1, kind: 'llm', usage: [2, 1], attributes: attributesOf(20) });

  it('is read back in pages after a restart, corrected throughout by one late fact, and deleted', async () => {
    const project = 'large';
    const count = 60_000;
    const first = settlerOf();
    for (let from = 0; from < count; from += 10_000)
      await book(first, project, ...Array.from({ length: 10_000 }, (_, i) => call(from + i)));
    expect(await sums(project)).toEqual([{ run_id: TRACE, tasks: '60000', calls: '60000', input: '120000' }]);

    const second = settlerOf();
    expect(await book(second, project, call(7))).toBe(0);
    // The root names the run: every row moves to it. All are fetched, some at a time, with all they hold.
    expect(await book(second, project, draftOf('root', { ownRunId: 'R', ownUser: 'u' }))).toBe(2 * count + 1);
    expect(await sums(project)).toEqual([{ run_id: 'R', tasks: '60001', calls: '60000', input: '120000' }]);
    const [row] = await test.store.query(
      `SELECT countIf(user_id = 'u') AS users, countIf(length(attributes['long0']) = 20) AS long, count() AS n FROM tasks FINAL WHERE project = {project:String}`,
      { project },
    );
    expect(row).toEqual({ users: '60001', long: '60000', n: '60001' });

    const third = settlerOf();
    third.bury(project, [TRACE]);
    const gone = await third.change(project, [TRACE], { kind: 'delete' }, NOW);
    expect(await commit(third, project, gone)).toBe(2 * (count + 1));
    expect(await sums(project)).toEqual([]);
    expect(gone.shrunk).toEqual([{ project, runId: 'R' }]);
    expect((await verifyBooks(test.store)).flatMap(({ mismatches }) => mismatches)).toEqual([]);
  }, 300_000);

  it('of rows that are too large for one answer is read in parts, and nothing of it is lost', async () => {
    const project = 'heavy';
    const spans = Array.from({ length: 1500 }, (_, i) => ({ ...call(i), attributes: attributesOf(4000, 15) }));
    const first = settlerOf();
    for (let from = 0; from < spans.length; from += 500) await book(first, project, ...spans.slice(from, from + 500));
    expect(await book(settlerOf(), project, draftOf('root', { ownUser: 'u' }))).toBe(2 * 1500 + 1);
    const [row] = await test.store.query(
      `SELECT countIf(length(attributes['long14']) = 4000 AND user_id = 'u') AS n FROM tasks FINAL WHERE project = {project:String}`,
      { project },
    );
    expect(row).toEqual({ n: '1500' });
  }, 300_000);
});
