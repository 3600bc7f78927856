import { describe, expect, it } from 'vitest';
import { formatDuration, formatDurationShort, formatSpan } from './duration.ts';
import { shortId, shortModel } from './ids.ts';
import { formatBytes, formatChange, formatCompact, formatPercent, formatTokens, formatWithin, plural } from './numbers.ts';
import { bucketLabel, clockSeconds, dayClock, fullTime, intervalName, shortTime, timeTooltip, toMs } from './time.ts';

describe('durations', () => {
  it.each([
    [0, '0 ms'],
    [0.042, '42 µs'],
    [0.5, '0.5 ms'],
    [390, '390 ms'],
    [999.6, '1.00 s'],
    [3160, '3.16 s'],
    [61_000, '61.00 s'],
    [192_000, '3m 12s'],
    [7_500_000, '2h 05m'],
    [356_400_000, '4d 3h'],
  ])('%d ms', (ms, text) => expect(formatDuration(ms)).toBe(text));
  it('needs one decimal in a column', () => expect(formatDurationShort(12_440)).toBe('12.4 s'));
  it('names the length of a range', () => expect([3_600_000, 86_400_000, 7 * 86_400_000].map(formatSpan)).toEqual(['1 h', '24 h', '7 d']));
});

describe('counts', () => {
  it.each([
    [9999, '9,999'],
    [212_400, '212.4k'],
    [999_970, '1.0M'],
    [94_600_000, '94.6M'],
    [1_250_000_000, '1.25B'],
  ])('%d', (value, text) => expect(formatCompact(value)).toBe(text));
  it('keeps unknown apart from zero', () => expect([formatTokens(null), formatTokens(0)]).toEqual(['unknown', '0']));
  it('keeps to the room a column has', () => expect([formatWithin(9999, 9999), formatWithin(10_001, 9999)]).toEqual(['9,999', '10.0k']));
  it('counts in words', () =>
    expect([plural(1, 'run'), plural(2, 'run'), plural(0, 'entry', 'entries')]).toEqual(['1 run', '2 runs', '0 entries']));
  it.each([
    [0, '0%'],
    [1, '100%'],
    [0.0208, '2.1%'],
    [0.0001, '<0.1%'],
    [0.9999, '>99.9%'],
  ])('%d of one', (ratio, text) => expect(formatPercent(ratio)).toBe(text));
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [1_234_567, '1.2 MB'],
    [64e9, '64.0 GB'],
  ])('%d bytes', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
  it('writes changes with a true minus', () => {
    expect([formatChange(7.42, '%', 1), formatChange(-0.18, ' s', 2), formatChange(0.004, ' pt', 2)]).toEqual(['+7.4%', '−0.18 s', '0 pt']);
  });
});

describe('times', () => {
  const instant = '2026-11-19T13:58:04.123456789Z';
  const ms = toMs(instant);
  it('keeps fractions of a millisecond', () => expect(ms - Date.UTC(2026, 10, 19, 13, 58, 4)).toBeCloseTo(123.457, 2));
  it('reads an instant without a fraction', () => expect(toMs('2026-11-19T13:58:04Z')).toBe(Date.UTC(2026, 10, 19, 13, 58, 4)));
  it('shows UTC', () =>
    expect([clockSeconds(ms), dayClock(ms), fullTime(ms)]).toEqual(['13:58:04', '19 Nov 13:58', '19 Nov 2026, 13:58:04 UTC']));
  it('adds the reader`s zone', () => expect(timeTooltip(ms, 'Europe/Vienna')).toContain('14:58:04 Europe/Vienna'));
  it('says UTC once where the reader lives in it', () => expect(timeTooltip(ms, 'UTC')).toBe(fullTime(ms)));
  it('adds the day when the hour alone is not plain', () => {
    expect([shortTime(ms, ms + 3_600_000), shortTime(ms, ms + 90_000_000)]).toEqual(['13:58', '19 Nov 13:58']);
  });
  it('names buckets', () => {
    expect([bucketLabel(ms, 3600), bucketLabel(ms, 86_400), bucketLabel(Date.UTC(2026, 10, 19), 3600)]).toEqual([
      '13:58',
      '19 Nov',
      '19 Nov',
    ]);
    expect([3600, 86_400, 900, 21_600, 30].map(intervalName)).toEqual(['hourly', 'daily', 'every 15 min', 'every 6 h', 'every 30 s']);
  });
});

describe('names', () => {
  it('shortens ids in the middle', () => expect(shortId('7f3a9c0011223344556677889900e41b')).toBe('7f3a9c…e41b'));
  it('leaves short ids alone', () => expect(shortId('run-42')).toBe('run-42'));
  it('drops date and path of a model', () => {
    expect(['claude-sonnet-4-5-20250929', 'models/gemini-2.5-pro', 'gpt-4o-2024-08-06'].map(shortModel)).toEqual([
      'claude-sonnet-4-5',
      'gemini-2.5-pro',
      'gpt-4o',
    ]);
  });
});
