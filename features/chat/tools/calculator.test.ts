import { describe, expect, it } from 'vitest';
import { calculate } from './calculator.ts';

describe('calculate', () => {
  it.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['2 ^ 3 ^ 2', 512],
    ['-2 ^ 2', -4],
    ['2 ^ -1', 0.5],
    ['2 * -3', -6],
    ['--2', 2],
    ['10 - 4 - 3', 3],
    ['100 / 5 / 2', 10],
    ['17.5 / 100 * 240', 42],
    ['0.1 + 0.2', 0.3],
    ['7 % 4', 3],
    ['.5 + 1.5e3', 1500.5],
    ['sqrt(2) ^ 2', 2],
    ['ROUND(2.6) + abs(-1) + floor(pi)', 7],
    ['2e', undefined],
    ['', undefined],
    ['1 +', undefined],
    ['(1', undefined],
    ['1)', undefined],
    ['1 2', undefined],
    ['1 / 0', undefined],
    ['5 % (2 - 2)', undefined],
    ['9 ^ 999', undefined],
    ['sqrt(-1)', undefined],
    ['sqrt 2', undefined],
    ['constructor(1)', undefined],
    ['process.exit()', undefined],
    ['1; 2', undefined],
    [`${'('.repeat(60)}1${')'.repeat(60)}`, undefined],
    ['1+'.repeat(200), undefined],
  ])('%s', (expression, want) => {
    if (want === undefined) expect(() => calculate(expression)).toThrow();
    else expect(calculate(expression)).toBe(want);
  });
});
