import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { picoToUsd, usdToPico } from './money.ts';
import { rateToUsdPerMillion, usdPerMillionToRate } from './rate.ts';

const Exact = Decimal.clone({ precision: 200, toExpNeg: -9e15, toExpPos: 9e15 });

describe('picoToUsd', () => {
  it.each([
    [0n, '0'],
    [1n, '0.000000000001'],
    [34_500_000n, '0.0000345'],
    [1_500_000_000_000n, '1.5'],
    [10n ** 12n, '1'],
    [120n * 10n ** 12n, '120'],
    [999_999_999_999_999_999n, '999999.999999999999'],
    [-2_500_000n, '-0.0000025'],
  ])('%s is %s', (pico, usd) => expect(picoToUsd(pico)).toBe(usd));
});

describe('usdToPico', () => {
  it.each<[string | number, bigint | null]>([
    ['0.15', 150_000_000_000n],
    ['1.5e-7', 150_000n],
    [1.5e-7, 150_000n],
    [0.1 + 0.2, 300_000_000_000n],
    ['1E+2', 100n * 10n ** 12n],
    ['.5', 5n * 10n ** 11n],
    ['5.', 5n * 10n ** 12n],
    [' 2 ', 2n * 10n ** 12n],
    ['0', 0n],
    ['-0.0', 0n],
    [-0, 0n],
    ['0.0000000000005', 1n],
    ['0.00000000000049', 0n],
    ['1e-300', 0n],
    ['0e99999', 0n],
    ['999999.999999999999', 10n ** 18n - 1n],
    ['999999.9999999999995', null],
    ['1000000', null],
    ['1e99999', null],
    ['-0.01', null],
    ['-1e-300', null],
    [Number.NaN, null],
    [Number.POSITIVE_INFINITY, null],
    ['', null],
    ['.', null],
    ['$1', null],
    ['1,5', null],
    ['0x10', null],
    ['1_000', null],
    ['1e', null],
    ['9'.repeat(1000), null],
  ])('%s is %s', (amount, pico) => expect(usdToPico(amount)).toBe(pico));

  it('is exact for every decimal text, and picoToUsd is its inverse', () => {
    const text = fc.tuple(fc.nat(999_999), fc.bigInt(0n, 10n ** 20n - 1n), fc.integer({ min: -12, max: 0 }));
    fc.assert(
      fc.property(text, ([whole, fraction, exponent]) => {
        const amount = `${whole}.${fraction.toString().padStart(20, '0')}e${exponent}`;
        const want = new Exact(amount).times('1e12').toDecimalPlaces(0, Decimal.ROUND_HALF_UP);
        const pico = usdToPico(amount);
        if (pico === null) return want.gte('1e18');
        return pico.toString() === want.toFixed() && usdToPico(picoToUsd(pico)) === pico;
      }),
    );
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.double()), (amount) => ['bigint', 'object'].includes(typeof usdToPico(amount))));
  });
});

describe('rates', () => {
  it.each([
    ['2.5', 2_500_000_000_000n, '2.5'],
    ['0.003625', 3_625_000_000n, '0.003625'],
    ['0', 0n, '0'],
    ['0.18000000000000002', 180_000_000_000n, '0.18'],
    ['0.08333333333333334', 83_333_333_333n, '0.083333333333'],
  ])('%s dollars per million tokens', (text, rate, written) => {
    expect(usdPerMillionToRate(text)).toBe(rate);
    expect(rateToUsdPerMillion(rate)).toBe(written);
  });

  it('refuses what is no rate', () => expect([usdPerMillionToRate('-1'), usdPerMillionToRate('free')]).toEqual([null, null]));
});
