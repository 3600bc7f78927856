import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSearch, stringifySearch } from './codec.ts';
import { fromRange, intervalFor, parseRange, rangeBounds, rangeLabel, toRange } from './range.ts';
import { filtersOf, noFilters, parseRunsSearch, type RunsSearch, STATUSES, toggled } from './runs-search.ts';

describe('search text', () => {
  it('is readable', () => {
    expect(stringifySearch({ status: ['failed', 'stalled'], starred: true, q: 'a b', none: undefined, from: '2026-11-19T02:00Z' })).toBe(
      '?status=failed&status=stalled&starred=true&q=a+b&from=2026-11-19T02:00Z',
    );
  });
  it('is nothing where nothing is set', () => expect(stringifySearch({ a: undefined, b: [], c: false, d: '' })).toBe(''));
});

describe('runs search', () => {
  it('survives the way through an address', () => {
    const someTexts = fc.option(
      fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1 }).map((list) => list.sort()),
      { nil: undefined },
    );
    const searches = fc.record({
      model: someTexts,
      tag: someTexts,
      status: fc.option(
        fc.uniqueArray(fc.constantFrom(...STATUSES), { minLength: 1 }).map((list) => list.sort()),
        { nil: undefined },
      ),
      starred: fc.constantFrom(true as const, undefined),
      q: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
      minDurationMs: fc.option(fc.nat(), { nil: undefined }),
      sort: fc.constantFrom('-cost' as const, undefined),
    });
    fc.assert(
      fc.property(searches, (search: RunsSearch) => {
        const once = parseRunsSearch({ ...search });
        expect(parseRunsSearch(parseSearch(stringifySearch({ ...once })))).toEqual(once);
      }),
    );
  });
  it('drops what makes no sense', () => {
    expect(parseRunsSearch({ status: ['failed', 'nonsense'], sort: 'upwards', minCost: '-1', starred: 'maybe', range: '24h' })).toEqual({
      status: ['failed'],
    });
  });
  it('lies over what stood in the address', () => {
    const address = { status: 'nonsense', sort: 'upwards', range: 'never', minCost: 'much' };
    expect(Object.values({ ...address, ...parseRunsSearch(address) }).filter((value) => value !== undefined)).toEqual([]);
  });
  it('tells filters from order, peek and range', () => {
    expect(filtersOf({ q: 'x', sort: '-cost', peek: 'r', range: '7d' })).toEqual({ q: 'x' });
  });
  it('ticks and unticks', () => {
    expect(toggled(undefined, 'a')).toEqual(['a']);
    expect(toggled(['b'], 'a')).toEqual(['a', 'b']);
    expect(toggled(['a'], 'a')).toBeUndefined();
  });
  it('can lift every filter', () => expect(filtersOf({ ...filtersOf({ q: 'x', starred: true }), ...noFilters() })).toEqual({}));
});

describe('range', () => {
  const from = Date.UTC(2026, 10, 19, 2);
  const to = Date.UTC(2026, 10, 19, 4, 30);
  it('leaves the default out of the address', () => expect(fromRange({ kind: 'preset', preset: '24h' })).toEqual({}));
  it('keeps fixed instants to the minute', () => {
    const search = fromRange({ kind: 'fixed', from, to });
    expect(search).toEqual({ from: '2026-11-19T02:00Z', to: '2026-11-19T04:30Z' });
    expect(toRange(parseRange(search))).toEqual({ kind: 'fixed', from, to });
  });
  it('drops a range that ends before it starts', () =>
    expect(parseRange({ from: '2026-11-19T04:00Z', to: '2026-11-19T02:00Z' })).toEqual({}));
  it.each([
    ['abc', 'def'],
    ['1', '2'],
    ['0001-01-01', '9999-01-01'],
    ['2026-11-19T02:00', '2026-11-19T02:00:40Z'],
    ['2026-13-45', '2026-11-19'],
    ['', '2026-11-19'],
    ['+275760-09-13', '2026-11-19'],
  ])('is the default where the address makes no sense: from %s to %s', (bad, end) => {
    expect(toRange({ ...{ from: bad, to: end }, ...parseRange({ from: bad, to: end }) })).toEqual({ kind: 'preset', preset: '24h' });
  });
  it('takes days and hours for UTC', () => {
    const hours = parseRange({ from: '2026-11-19T02:00', to: '2026-11-19T04:30' });
    expect(toRange(hours)).toEqual({ kind: 'fixed', from, to });
    expect(parseRange({ from: '2026-11-19', to: '2026-11-20' })).toEqual({ from: '2026-11-19T00:00Z', to: '2026-11-20T00:00Z' });
  });
  it('names itself', () => {
    expect(rangeLabel({ kind: 'preset', preset: '7d' })).toBe('Last 7 days');
    expect(rangeLabel({ kind: 'fixed', from, to })).toBe('19 Nov 02:00 – 04:30');
    expect(rangeLabel({ kind: 'fixed', from: Date.UTC(2026, 10, 1), to: Date.UTC(2026, 10, 4) })).toBe('1 Nov – 3 Nov');
    expect(rangeLabel({ kind: 'fixed', from: Date.UTC(2026, 10, 1), to: Date.UTC(2026, 10, 2) })).toBe('1 Nov');
  });
  it('moves with the clock', () => expect(rangeBounds({ kind: 'preset', preset: '1h' }, to)).toEqual({ from: to - 3_600_000, to }));
  it('cuts into readable buckets', () => {
    expect(intervalFor({ kind: 'preset', preset: '24h' }, 24)).toBe(3600);
    expect(intervalFor({ kind: 'preset', preset: '24h' }, 96)).toBe(900);
    expect(intervalFor({ kind: 'preset', preset: '30d' }, 31)).toBe(86_400);
    expect(intervalFor({ kind: 'fixed', from: 0, to: 1000 * 86_400_000 }, 10)).toBe(2_592_000);
  });
});
