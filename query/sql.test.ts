import { describe, expect, it } from 'vitest';
import './routes.ts';
import { assertNoUnusedSql, fill, sql } from './sql.ts';

describe('statements', () => {
  it('are all asked for', () => expect(assertNoUnusedSql).not.toThrow());
  it('cannot be missing', () => expect(() => sql('runs/nowhere')).toThrow(/nowhere/));
  it('get code-owned text in their slots', () =>
    expect(fill('SELECT {{a}}, {b:String} FROM {{a}}', { a: 'x' })).toBe('SELECT x, {b:String} FROM x'));
  it.each([
    ['a slot without text', 'SELECT {{a}}', {}],
    ['text without a slot', 'SELECT 1', { a: 'x' }],
  ])('refuse %s', (_name, template, parts) => expect(() => fill(template, parts)).toThrow());
});
