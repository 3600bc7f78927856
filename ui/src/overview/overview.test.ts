import { describe, expect, it } from 'vitest';
import type { Breakdown, BreakdownRow, Series } from '../../../query/contract/index.ts';
import { makeSummary } from '../testing/make.ts';
import { isAlone, type LatencyPoint, lastKnown } from './latency.ts';
import { byCost, byErrors, unpricedModels } from './rows.ts';
import { ratioOf, sparkPath, sparkValues } from './sparks.ts';
import { barsOf, legendOf } from './stack.ts';
import { type TileKey, tilesOf } from './tiles.ts';

const tokens = { input: 900, output: 100, cacheRead: null, cacheWrite: null, reasoning: null, total: 1000 };
const quantiles = { p50: 1, p95: 2, p99: 3 };
const row = (key: string, cost: string | null, over: Partial<BreakdownRow> = {}): BreakdownRow => ({
  key,
  runs: 1,
  calls: 10,
  failedCalls: 0,
  errors: 0,
  tokens,
  cost,
  unpricedCalls: cost === null ? 10 : 0,
  usageUnknownCalls: 0,
  latencyMs: quantiles,
  ...over,
});
const breakdown = (...rows: BreakdownRow[]): Breakdown => ({ by: 'model', rows });

describe('tiles', () => {
  const tile = (key: TileKey, ...summary: Parameters<typeof makeSummary>) =>
    tilesOf(makeSummary(...summary)).find((each) => each.key === key)!;

  it('are eight', () => expect(tilesOf(makeSummary())).toHaveLength(8));
  it('compare volume without judging it', () => {
    expect(tile('runs', { runs: 110 }, { runs: 100 })).toMatchObject({
      figure: { value: '110' },
      change: { text: '+10.0%', tone: 'plain' },
    });
  });
  it('judge what has a better direction', () => {
    expect(tile('errors', { failedRuns: 4 }, { failedRuns: 2 }).change).toEqual({ text: '+2.00 pt', tone: 'bad' });
    expect(tile('latency', {}, { latencyMs: { p50: 1, p95: 6390, p99: 1 } }).change).toEqual({ text: '−180 ms', tone: 'good' });
    expect(tile('cache', { tokens: { ...tokens, cacheRead: 450 } }, { tokens: { ...tokens, cacheRead: 90 } }).change).toEqual({
      text: '+40.0 pt',
      tone: 'good',
    });
  });
  it('do not judge what hardly moved', () => {
    expect(tile('ttft', {}, { ttftMs: { p50: 1, p95: 1339, p99: 1 } }).change?.tone).toBe('plain');
  });
  it('say that nothing was there before', () => expect(tile('runs', {}, { runs: 0 }).change).toBeNull());
  it('keep unknown apart from zero', () => {
    expect(tile('cost', { cost: null, unpricedCalls: 3 })).toMatchObject({ figure: null, note: '3 unpriced' });
    expect(tile('cost', { cost: '0' }).figure).toEqual({ value: '$0', unit: '' });
    expect(tile('errors', { runs: 0, failedRuns: 0 }).figure).toBeNull();
    expect(tile('ttft', { ttftMs: { p50: null, p95: null, p99: null } })).toMatchObject({ figure: null, note: 'not reported' });
  });
  it('mark a sum that leaves calls out, whatever they lack', () => {
    expect(tile('cost', { unpricedCalls: 2 }).figure?.unit).toBe('+');
    expect(tile('cost', { usageUnknownCalls: 2 }).figure?.unit).toBe('+');
  });
  it('tell no calls from calls nobody knows the cost of', () => {
    const nothing = { calls: 0, cost: null, tokens: { ...tokens, input: null, output: null, total: null } };
    expect(tile('cost', nothing)).toMatchObject({ figure: null, none: true, note: 'no model calls' });
    expect(tile('tokens', nothing)).toMatchObject({ figure: null, none: true });
    expect(tile('cost', { cost: null, unpricedCalls: 3 }).none).toBe(false);
  });
  it('say how much is priced', () => {
    expect(tile('coverage', { unpricedCalls: 3, usageUnknownCalls: 1 })).toMatchObject({
      figure: { value: '98.67%' },
      note: '3 unpriced, 1 no usage',
      search: { cost: ['partly unknown', 'unknown'] },
    });
  });
});

describe('the stack of models', () => {
  const many = breakdown(...Array.from({ length: 9 }, (_, i) => row(`m${i}`, String(10 - i))));
  it('gives seven a colour of their own and the rest grey', () => {
    const legend = legendOf(many, 'cost');
    expect(legend.rows.map(({ label, colour }) => [label, colour]).slice(6)).toEqual([
      ['m6', 'var(--series-7)'],
      ['2 more', 'var(--series-8)'],
    ]);
    expect(legend.total).toBe('$54.00');
  });
  it('keeps a model without a price unknown', () => {
    expect(legendOf(breakdown(row('a', '1'), row('b', null)), 'cost').rows.map(({ amount, share }) => [amount, share])).toEqual([
      ['$1.00', '100%'],
      [null, ''],
    ]);
  });
  it('counts what is asked for', () => expect(legendOf(many, 'tokens').total).toBe('9,000'));
  it('stacks what has no colour of its own as other', () => {
    const series: Series = {
      interval: 3600,
      measure: 'cost',
      by: 'model',
      buckets: [
        { start: '2026-11-19T14:00:00Z', key: 'm0', value: '1.5' },
        { start: '2026-11-19T14:00:00Z', key: 'm8', value: '0.5' },
        { start: '2026-11-19T14:00:00Z', key: '(other)', value: null },
        { start: '2026-11-19T13:00:00Z', key: 'm0', value: null },
      ],
    };
    expect(barsOf(series, legendOf(many, 'cost'))).toEqual([
      { start: Date.UTC(2026, 10, 19, 13), m0: 0 },
      { start: Date.UTC(2026, 10, 19, 14), m0: 1.5, other: 0.5 },
    ]);
  });
});

describe('rankings', () => {
  it('end in a row for what remains', () => {
    const ranking = byCost(breakdown(row('a', '3'), row('b', '2'), row('c', '1'), row('d', '0.5'), row('e', null)), 3);
    expect(ranking.rows.map(({ key, amount, count }) => [key, amount, count])).toEqual([
      ['a', '$3.00', 1],
      ['b', '$2.00', 1],
      ['', '$1.50', 2],
    ]);
    expect(ranking).toMatchObject({ total: '$6.50', rows: [{ ratio: 1 }, { ratio: 0.666 }, { ratio: 0.5 }] });
  });
  it('leave out what did not fail', () =>
    expect(byErrors(breakdown(row('a', '1'), row('b', '1', { errors: 2 })), 5).rows.map(({ key }) => key)).toEqual(['b']));
  it('name what has no price', () => expect(unpricedModels(breakdown(row('a', '1'), row('b', null))).map(({ key }) => key)).toEqual(['b']));
});

describe('lines', () => {
  const points: LatencyPoint[] = [null, 5, null, 3, 4].map((value, start) => ({ start, p50: value, p95: value, p99: null }));
  it('draw a point without neighbours as a dot', () =>
    expect([1, 3, 0].map((index) => isAlone(points, 'p50', index))).toEqual([true, false, false]));
  it('end where something is known', () => expect([lastKnown(points, 'p50'), lastKnown(points, 'p99')]).toEqual([4, null]));
  it('keep gaps', () => expect(sparkPath([0, null, 10], 0, 10).path).toBe('M0.0 30.00M98.0 2.22'));
  it('are unknown where the whole is nothing', () => expect(ratioOf([1, 0], [4, 0])).toEqual([0.25, null]));
  it('draw coverage upwards', () => expect(sparkValues('coverage', [1], [4])).toEqual([0.75]));
});
