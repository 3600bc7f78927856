import { describe, expect, it } from 'vitest';
import type { Facets, Series } from '../../../query/contract/index.ts';
import { modelLabels } from '../format/ids.ts';
import { makeRun } from '../testing/make.ts';
import { calledNothing, causeOf, costReason, costWords, modelsCell, startedCell } from './cells.ts';
import { chipsOf } from './chips.ts';
import { inOrder, withTicked } from './facet-items.ts';
import { refreshed, rowsOf, waiting } from './merge.ts';
import { bucketAt, bucketWords, selectedRange, stripBars, stripBuckets, stripTicks } from './strip.ts';
import { isView, runCount, VIEWS, viewCount, viewSearch } from './views.ts';

const run = (runId: string, startedAt = '2026-11-19T13:00:00Z') => makeRun({ runId, startedAt });
const noTokens = { input: null, output: null, cacheRead: null, cacheWrite: null, reasoning: null, total: null };
const now = Date.UTC(2026, 10, 19, 14);

describe('the list', () => {
  it('shows a run once, however pages moved', () => {
    expect(rowsOf([{ runs: [run('a'), run('b')] }, { runs: [run('b'), run('c')] }]).map(({ runId }) => runId)).toEqual(['a', 'b', 'c']);
  });
  it('takes news of what is shown', () => {
    expect(refreshed([run('a'), run('b')], [{ ...run('b'), cost: '9' }]).map(({ cost }) => cost)).toEqual(['0.0343', '9']);
  });
  it('counts what waits in front, and not what lies further down', () => {
    const rows = [run('a', '2026-11-19T13:00:00Z')];
    expect(waiting(rows, [run('new', '2026-11-19T13:00:01Z'), rows[0]!, run('older', '2026-11-19T12:00:00Z')])).toBe(1);
    expect(waiting([], [run('a')])).toBe(1);
  });
});

describe('cells', () => {
  it('name the model with the most calls', () => {
    expect(modelsCell({ 'gpt-5-mini-2025-08-07': 1, 'claude-sonnet-4-5-20250929': 3 })).toEqual({ first: 'sonnet-4-5', more: 1 });
    expect(modelsCell({})).toEqual({ first: '', more: 0 });
  });
  it('say why a run did not end well', () => {
    expect(causeOf(makeRun({ status: 'failed', errorCount: 2 }), 'rate_limit_exceeded', now)).toBe('rate limit');
    expect(causeOf(makeRun({ status: 'failed', errorCount: 2 }), undefined, now)).toBe('2 errors');
    expect(causeOf(makeRun({ status: 'stalled', lastActivityAt: '2026-11-19T13:49:00Z' }), undefined, now)).toBe('silent 11 min');
    expect(causeOf(makeRun(), undefined, now)).toBe('');
  });
  it('tell a run that called nothing from one whose cost is unknown', () => {
    const silent = makeRun({ cost: null, tokens: noTokens, llmCalls: 0 });
    expect(costWords(silent)).toBe('no model calls');
    expect(costWords({ ...silent, status: 'running' })).toBe('unknown');
    const unpriced = makeRun({ cost: null, tokens: noTokens, unpricedCalls: 2 });
    expect([calledNothing(unpriced), costWords(unpriced)]).toEqual([false, 'unknown']);
    expect(costWords(makeRun({ cost: '0' }))).toBe('$0');
    expect(costReason(unpriced)).toBe('2 of 2 counted calls have no price; tokens are known.');
  });
  it('say the day where the hour alone is not plain', () => {
    expect(startedCell('2026-11-19T13:59:30Z', now, false)).toBe('now');
    expect(startedCell('2026-11-19T13:00:00Z', now, false)).toBe('13:00');
    expect(startedCell('2026-11-17T13:00:00Z', now, true)).toBe('17 Nov 13:00');
  });
});

describe('filters', () => {
  it('are said in words, each with what lifts it', () => {
    expect(chipsOf({ status: ['failed', 'stalled'], minCost: '5', minDurationMs: 30_000, starred: true })).toEqual([
      { label: 'status failed', without: { status: ['stalled'] } },
      { label: 'status stalled', without: { status: ['failed'] } },
      { label: 'starred', without: { starred: undefined } },
      { label: 'cost ≥ $5.00', without: { minCost: undefined } },
      { label: 'duration ≥ 30 s', without: { minDurationMs: undefined } },
    ]);
  });
  it('keep a closed list in its order and an open one with what is ticked', () => {
    expect(inOrder(['a', 'b'], [{ value: 'b', count: 2 }])).toEqual([
      { value: 'a', count: 0 },
      { value: 'b', count: 2 },
    ]);
    expect(withTicked([{ value: 'b', count: 2 }], ['gone']).map(({ value }) => value)).toEqual(['gone', 'b']);
  });
  it('shorten names of models while that tells them apart', () => {
    const label = modelLabels(['gpt-5-2025-08-07', 'gpt-4o', 'gpt-4o-2024-08-06']);
    expect(['gpt-5-2025-08-07', 'gpt-4o', 'gpt-4o-2024-08-06'].map(label)).toEqual(['gpt-5', 'gpt-4o', 'gpt-4o 0806']);
  });
});

describe('views', () => {
  const facets: Facets = {
    status: [
      { value: 'completed', count: 90 },
      { value: 'failed', count: 10 },
    ],
    feature: [],
    model: [],
    provider: [],
    user: [],
    tag: [],
    cost: [
      { value: 'known', count: 93 },
      { value: 'partly unknown', count: 5 },
      { value: 'unknown', count: 2 },
    ],
    starred: [{ value: 'true', count: 3 }],
  };
  const view = (name: string) => VIEWS.find((each) => each.name === name)!;

  it('are addresses', () => {
    expect(viewSearch(view('Expensive'))).toMatchObject({ minCost: '0.10', sort: '-cost', status: undefined });
    expect(isView(view('Errors'), { status: ['failed'] })).toBe(true);
    expect(isView(view('Errors'), { status: ['failed'], q: 'x' })).toBe(false);
    expect(isView(view('All'), {})).toBe(true);
  });
  it('know their numbers where the facets tell', () => {
    const told = ['All', 'Errors', 'Starred', 'Slow', 'Cost unknown'].map((name) => viewCount(view(name), facets));
    expect(told).toEqual([100, 10, 3, null, 7]);
  });
  it('count under a status filter, which its own facet leaves out', () => {
    expect(runCount(facets, { status: ['failed'] })).toBe(10);
    expect(runCount(facets, {})).toBe(100);
  });
});

describe('the strip', () => {
  const series = (...values: (number | string | null)[]): Series => ({
    interval: 900,
    measure: 'runs',
    by: 'none',
    buckets: values.map((value, index) => ({ start: new Date(now + index * 900_000).toISOString(), key: '', value })),
  });
  const buckets = stripBuckets(series(100, 0, 4), series(1, 0, 4), series('0.32', null, '0.02'));

  it('goes by the square root, so that little is still seen', () => {
    const bars = stripBars(buckets);
    expect(bars.map(({ runs, failed }) => [runs, failed].map((height) => Math.round(height * 10) / 10))).toEqual([
      [38, 3.8],
      [0, 0],
      [7.6, 7.6],
    ]);
    expect(bars[2]!.cost).toBeCloseTo(5.5);
  });
  it('puts a bucket into words', () => {
    expect(buckets.map(bucketWords)).toEqual([
      '19 Nov 14:00, 100 runs, 1 failed, $0.3200',
      '19 Nov 14:15, 0 runs',
      '19 Nov 14:30, 4 runs, 4 failed, $0.0200',
    ]);
  });
  it('selects whole buckets, whichever way one drags', () => {
    const range = { from: now + 900_000, to: now + 3 * 900_000 };
    expect(selectedRange({ anchor: 2, head: 1 }, buckets, 900)).toEqual(range);
    expect(selectedRange({ anchor: 1, head: 2 }, buckets, 900)).toEqual(range);
    expect([-0.1, 0.5, 1].map((place) => bucketAt(place, 3))).toEqual([0, 1, 2]);
  });
  it('has a few times under it', () => expect(stripTicks(buckets)).toEqual(buckets.map(({ start }) => start)));
});
