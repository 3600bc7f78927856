import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rebuildSeen } from '../../ingest/settle/rebuild.ts';
import { SeenTraces } from '../../ingest/settle/seen.ts';
import { openTestStore, type TestStore } from '../support/otlp-store.ts';

let test: TestStore;
beforeAll(async () => {
  test = await openTestStore();
});
afterAll(() => test.close());

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
    await rebuildSeen(test.store, seen, new AbortController().signal);
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
    await rebuildSeen(test.store, seen, new AbortController().signal);
    const traces = await test.store.query<{ id: string }>(
      `SELECT DISTINCT leftPad(lower(hex(trace_id)), 32, '0') AS id FROM tasks WHERE project = 'many'`,
    );
    expect(traces).toHaveLength(30_000);
    expect(traces.filter(({ id }) => !seen.maybe('many', id))).toEqual([]);
    expect(traces.filter(({ id }) => seen.maybe('nobody', id)).length).toBeLessThan(30);
  });
});
