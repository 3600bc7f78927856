import { describe, expect, it } from 'vitest';
import { nanos } from '../values.ts';
import { bucketsOf } from './buckets.ts';
import { AUTO_BUCKETS, before, core, INTERVALS, rangeParams, slotStart, slotsOf } from './range.ts';

const range = (from: string, to: string) => ({ from: nanos(`2026-11-${from}`), to: nanos(`2026-11-${to}`) });

describe('core', () => {
  it.each([
    ['whole hours', range('20 10:00:00', '20 12:00:00'), 'hour', range('20 10:00:00', '20 12:00:00'), true],
    ['hours with ends', range('20 09:59:59', '20 12:30:00'), 'hour', range('20 10:00:00', '20 12:00:00'), false],
    ['less than an hour', range('20 10:01:00', '20 10:59:00'), 'hour', undefined, false],
    ['across an hour, but none whole', range('20 10:30:00', '20 11:30:00'), 'hour', undefined, false],
    ['whole days', range('20 00:00:00', '22 00:00:00'), 'day', range('20 00:00:00', '22 00:00:00'), true],
    ['days with ends', range('19 12:00:00', '22 01:00:00'), 'day', range('20 00:00:00', '22 00:00:00'), false],
    ['nothing from totals', range('20 00:00:00', '22 00:00:00'), 'none', undefined, false],
    ['an empty range', range('20 00:00:00', '20 00:00:00'), 'hour', undefined, false],
  ] as const)('%s', (_name, asked, unit, want, whole) => {
    const found = core(asked, unit);
    expect(found.whole).toBe(whole);
    if (want) expect(found.core).toEqual(want);
    else expect(found.core.to - found.core.from).toBe(0n);
  });
});

it('no fraction of a second is lost on the way to the tasks', () => {
  const asked = range('20 10:00:00.500000001', '20 10:00:00.8');
  expect(rangeParams(asked, core(asked, 'hour').core)).toEqual({
    from: '2026-11-20 10:00:00.500000001',
    to: '2026-11-20 10:00:00.800000000',
    coreFrom: '2026-11-20 10:00:00.500000001',
    coreTo: '2026-11-20 10:00:00.500000001',
  });
});

it('the range before is as long', () => expect(before(range('20 00:00:00', '22 00:00:00'))).toEqual(range('18 00:00:00', '20 00:00:00')));

describe('slotsOf', () => {
  it.each([
    ['ten minutes', range('20 10:00:00', '20 10:10:00'), 10],
    ['an hour', range('20 10:00:00', '20 11:00:00'), 30],
    ['a day', range('20 00:00:00', '21 00:00:00'), 900],
    ['a month', { from: nanos('2026-10-22 00:00:00'), to: nanos('2026-11-21 00:00:00') }, 21_600],
    ['a century', { from: 0n, to: nanos('2070-01-01 00:00:00') }, 31_536_000],
  ])('auto of %s', (_name, asked, interval) => {
    const slots = slotsOf(asked, 'auto');
    expect(slots.interval).toBe(interval);
    expect(slots.last - slots.first + 1).toBeLessThanOrEqual(AUTO_BUCKETS);
  });

  it.each(INTERVALS)('covers a range to the last nanosecond at %i s', (interval) => {
    const asked = range('20 10:20:00.000000001', '20 10:40:00');
    const slots = slotsOf(asked, interval);
    expect(slotStart(slots, slots.first)).toBeLessThanOrEqual(asked.from);
    expect(slotStart(slots, slots.first + 1)).toBeGreaterThan(asked.from);
    expect(slotStart(slots, slots.last)).toBeLessThan(asked.to);
    expect(slotStart(slots, slots.last + 1)).toBeGreaterThanOrEqual(asked.to);
  });

  it('starts weeks on Monday', () => {
    const slots = slotsOf(range('16 00:00:00', '23 00:00:00'), 604_800);
    expect([slots.last - slots.first, slotStart(slots, slots.first)]).toEqual([0, nanos('2026-11-16 00:00:00')]);
  });

  it('refuses more buckets than anybody can see', () =>
    expect(() => slotsOf(range('01 00:00:00', '20 00:00:00'), 60)).toThrow(expect.objectContaining({ status: 400 })));
});

it('buckets without data are there, series in the order of their keys', () => {
  const slots = slotsOf(range('20 00:00:00', '20 03:00:00'), 3600);
  const points = [
    { slot: slots.first, label: 'small', value: 1 },
    { slot: slots.first, label: '(other)', value: 7 },
    { slot: slots.first, label: 'big', value: 5 },
    { slot: slots.first + 2, label: 'big', value: 2 },
  ];
  expect(bucketsOf(slots, points, ['big', 'small'], 0)).toEqual([
    { start: '2026-11-20T00:00:00Z', key: 'big', value: 5 },
    { start: '2026-11-20T00:00:00Z', key: 'small', value: 1 },
    { start: '2026-11-20T00:00:00Z', key: '(other)', value: 7 },
    { start: '2026-11-20T01:00:00Z', key: '', value: 0 },
    { start: '2026-11-20T02:00:00Z', key: 'big', value: 2 },
  ]);
});
