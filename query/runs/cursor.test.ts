import { describe, expect, it } from 'vitest';
import { type RunSort, runSort } from '../contract/index.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';

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
  ])('is refused: %s', (_name, cursor) =>
    expect(() => decodeCursor(cursor, '-cost')).toThrow(expect.objectContaining({ status: 400, code: 'bad_cursor' })),
  );
});
