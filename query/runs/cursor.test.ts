import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RunSort, runSort } from '../contract/index.ts';
import { nanos, storedTime } from '../values.ts';
import { type Cursor, decodeCursor, encodeCursor } from './cursor.ts';

const VALUES: Record<RunSort, string[]> = {
  '-startedAt': ['2026-11-22 12:00:00.123456789'],
  '-cost': ['0.000034', '12', '-1'],
  '-tokens': ['0', '-1', '9007199254740993'],
  '-durationMs': ['1500000'],
  '-tasks': ['3'],
};

describe('a cursor', () => {
  it.each(runSort.options.flatMap((sort) => VALUES[sort].map((value): [RunSort, string] => [sort, value])))(
    'of %s at %s comes back as it was',
    (sort, value) => {
      const cursor = { sort, value, runId: "it's ü run" };
      expect(decodeCursor(encodeCursor(cursor), sort)).toEqual(cursor);
    },
  );

  const text = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  it.each([
    ['nothing', ''],
    ['text', 'hello'],
    ['JSON that is no cursor', text({ a: 1 })],
    ['a value that no column has', text({ s: '-cost', v: "1' OR 1=1", id: 'x' })],
    ['a field too many', text({ s: '-cost', v: '1', id: 'x', where: '1' })],
    ['no run', text({ s: '-cost', v: '1', id: '' })],
    ['another order', text({ s: '-tokens', v: '1', id: 'x' })],
    ['half a character', text({ s: '-cost', v: '1', id: '\ud800' })],
  ])('is refused: %s', (_name, cursor) =>
    expect(() => decodeCursor(cursor, '-cost')).toThrow(expect.objectContaining({ status: 400, code: 'bad_cursor' })),
  );

  /** What the engine would make of a value that was let through; throws where it could make nothing of it. */
  const READ: Record<RunSort, (value: string) => boolean> = {
    '-startedAt': (value) => storedTime(nanos(value)) === value && nanos(value) === BigInt.asIntN(64, nanos(value)),
    '-cost': (value) => value.replace(/[-.]/g, '').length <= 38,
    '-tokens': (value) => BigInt(value) === BigInt.asIntN(64, BigInt(value)),
    '-durationMs': (value) => BigInt(value) === BigInt.asIntN(64, BigInt(value)),
    '-tasks': (value) => BigInt(value) === BigInt.asIntN(64, BigInt(value)),
  };
  const sorts = fc.constantFrom(...runSort.options);
  const digits = (length: number) => fc.stringMatching(new RegExp(`^\\d{${length}}$`));
  const time = fc.tuple(...[4, 2, 2, 2, 2, 2, 9].map(digits)).map(([y, mo, d, h, mi, s, f]) => `${y}-${mo}-${d} ${h}:${mi}:${s}.${f}`);
  const instants = fc.bigInt(-(2n ** 62n), 2n ** 65n).map(storedTime);
  const numbers = fc.bigInt(-(10n ** 40n), 10n ** 40n).map(String);
  const near = fc.oneof(fc.bigInt(2n ** 63n - 2n, 2n ** 63n + 2n), fc.bigInt(-(2n ** 63n) - 2n, -(2n ** 63n) + 2n)).map(String);
  const values = fc.oneof(time, instants, numbers, near, fc.string({ unit: 'binary' }));
  const forged = fc
    .record({ s: sorts, v: values, id: fc.string({ unit: 'binary' }), where: fc.string() }, { requiredKeys: ['s', 'v', 'id'] })
    .map(text);
  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.base64String(),
    fc.json().map((json) => Buffer.from(json).toString('base64url')),
  );

  it('is refused or holds a value that the engine can read, whatever was sent', () => {
    fc.assert(
      fc.property(fc.oneof(anything, forged, forged), sorts, (sent, sort) => {
        let cursor: Cursor;
        try {
          cursor = decodeCursor(sent, sort);
        } catch (error) {
          expect(error).toMatchObject({ name: 'Refusal', status: 400, code: 'bad_cursor' });
          return;
        }
        expect(READ[sort](cursor.value)).toBe(true);
        expect(encodeURIComponent(cursor.runId)).not.toBe('');
      }),
      { numRuns: 5000 },
    );
  });
});
