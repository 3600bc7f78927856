import { describe, expect, it } from 'vitest';
import { toPico } from './money.ts';
import { amountsUnderTotal, apportion, percentShares } from './share.ts';

const pico = (...amounts: string[]) => amounts.map(toPico);

describe('apportion', () => {
  it('adds up to the units given', () => {
    expect(apportion([1n, 1n, 1n], 100n)).toEqual([34n, 33n, 33n]);
  });
  it('gives nothing where there is nothing', () => expect(apportion([0n, 0n], 10n)).toEqual([0n, 0n]));
});

describe('amountsUnderTotal', () => {
  it('shows rows that add up to the total shown', () => {
    const rows = amountsUnderTotal(pico('1.004', '1.004', '1.004'));
    expect(rows).toEqual(['$1.01', '$1.00', '$1.00']); // 3.012 is shown as $3.01
  });
  it('does not call a small row nothing', () => {
    expect(amountsUnderTotal(pico('214.33', '0.0000345', '0'))).toEqual(['$214.33', '<$0.01', '$0']);
  });
  it('keeps four decimals below a dollar', () => {
    expect(amountsUnderTotal(pico('0.02', '0.00005'))).toEqual(['$0.0200', '$0.0001']);
  });
  it('keeps all digits below a cent', () => {
    expect(amountsUnderTotal(pico('0.000884', '0.0000345'))).toEqual(['$0.000884', '$0.0000345']);
  });
});

describe('percentShares', () => {
  it('adds up to a hundred', () => expect(percentShares([1n, 1n, 1n])).toEqual(['33.4%', '33.3%', '33.3%']));
  it('tells little from nothing', () => expect(percentShares([999_999n, 1n, 0n])).toEqual(['100%', '<0.1%', '0%']));
});
