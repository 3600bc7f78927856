import { describe, expect, it } from 'vitest';
import { instant, money, nanos, storedTime, tokens } from './values.ts';

describe('times', () => {
  it.each([
    ['2026-11-22 12:00:00', '2026-11-22T12:00:00Z'],
    ['2026-11-22 12:00:00.000', '2026-11-22T12:00:00Z'],
    ['2026-11-22 12:00:00.120000000', '2026-11-22T12:00:00.12Z'],
    ['2026-11-22 12:00:00.123456789', '2026-11-22T12:00:00.123456789Z'],
  ])('%s is told as %s', (stored, told) => expect(instant(stored)).toBe(told));

  it.each(['1970-01-01 00:00:00.000000000', '2026-11-22 12:00:00.123456789', '2099-12-31 23:59:59.999999999'])(
    '%s goes to nanoseconds and back',
    (stored) => expect(storedTime(nanos(stored))).toBe(stored),
  );

  it('reads what was told', () => expect(nanos('2026-11-22T12:00:00.5Z')).toBe(nanos('2026-11-22 12:00:00.500000000')));
});

describe('money', () => {
  it.each([
    ['0.000034500000', '0.0000345'],
    ['10', '10'],
    ['100.000', '100'],
    ['0', '0'],
    ['0.000000000001', '0.000000000001'],
    ['-1.50', '-1.5'],
  ])('%s is told as %s', (stored, told) => expect(money(stored, true)).toBe(told));

  it('is unknown and not zero where nothing is known', () => expect(money('0', false)).toBeNull());
});

describe('tokens', () => {
  const row = {
    input: '10',
    output: '5',
    cache_read: '0',
    cache_write: '0',
    reasoning: '0',
    known_input: '1',
    known_output: '1',
    known_cache_read: '1',
    known_cache_write: '0',
    known_reasoning: '0',
  };
  it.each([
    [
      'a zero that was reported is a zero, one that was not is unknown',
      {},
      { input: 10, output: 5, cacheRead: 0, cacheWrite: null, reasoning: null, total: 15 },
    ],
    ['a total of what is known', { known_output: '0' }, { input: 10, output: null, total: 10 }],
    ['no total of nothing', { known_input: '0', known_output: '0' }, { input: null, output: null, total: null }],
  ])('%s', (_name, over, want) => expect(tokens({ ...row, ...over })).toMatchObject(want));
});
