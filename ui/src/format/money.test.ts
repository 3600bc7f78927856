import { describe, expect, it } from 'vitest';
import { commonPlaces, exactMoney, formatAxisMoney, formatMoney, formatRate, toPico } from './money.ts';

describe('formatMoney', () => {
  it.each([
    ['cents from a dollar', '1284.37', '$1,284.37'],
    ['a dollar', '1', '$1.00'],
    ['half up', '1.005', '$1.01'],
    ['four decimals from a cent', '0.4127', '$0.4127'],
    ['a cent', '0.01', '$0.0100'],
    ['three figures below a cent', '0.000884', '$0.000884'],
    ['rounded to three figures', '0.0033998', '$0.00340'],
    ['never a false zero', '0.0000345', '$0.0000345'],
    ['no invented digits', '0.00000046', '$0.00000046'],
    ['the smallest amount there is', '0.000000000001', '$0.000000000001'],
    ['a true zero', '0', '$0'],
    ['a zero with places', '0.000000', '$0'],
    ['rounding into the next rule, cents', '0.99996', '$1.00'],
    ['rounding into the next rule, four decimals', '0.0099999', '$0.0100'],
    ['negative', '-0.0000304', '−$0.0000304'],
    ['large', '123456789012345.678', '$123,456,789,012,345.68'],
  ])('%s', (_name, amount, text) => expect(formatMoney(amount)).toBe(text));

  it('says unknown where nothing is known', () => expect(formatMoney(null)).toBe('unknown'));

  it.each(['', 'abc', '1e-7', '1.', '.5', '0.0000000000001', 'NaN'])('refuses %j', (text) => {
    expect(() => toPico(text)).toThrow(RangeError);
  });
});

describe('exactMoney', () => {
  it.each([
    ['dims what only lines up', '0.0101', 8, { sign: '', digits: '$0.0101', padding: '0000' }],
    ['keeps every digit', '0.00000046', 8, { sign: '', digits: '$0.00000046', padding: '' }],
    ['keeps cents', '3', 2, { sign: '', digits: '$3.00', padding: '' }],
    ['carries the sign', '-0.0000304', 8, { sign: '−', digits: '$0.0000304', padding: '0' }],
  ])('%s', (_name, amount, places, parts) => expect(exactMoney(toPico(amount), places)).toEqual(parts));

  it('lines a column up by its longest amount', () => {
    expect(commonPlaces([toPico('0.0101'), toPico('0.00000046'), toPico('2')])).toBe(8);
    expect(commonPlaces([])).toBe(2);
  });
});

it('writes rates as price lists do', () => {
  expect(['3', '0.3', '0.075', '15.000000'].map(formatRate)).toEqual(['$3.00', '$0.30', '$0.075', '$15.00']);
});

it('writes axis labels short', () => {
  expect([0, 0.00002, 0.005, 0.25, 1, 15, 250, 1500, 12000].map(formatAxisMoney)).toEqual([
    '$0',
    '$0.00002',
    '$0.005',
    '$0.25',
    '$1',
    '$15',
    '$250',
    '$1.5k',
    '$12k',
  ]);
});
