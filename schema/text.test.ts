import { describe, expect, it } from 'vitest';
import { bind, literal, paramText, placeholders } from './text.ts';

describe('values', () => {
  it.each([
    ["it\\'s\\n\\\\", "it's\n\\"],
    ['5', 5n],
    ['-1.5', -1.5],
    ['1', true],
    ['0', false],
    ["['a','b\\'']", ['a', "b'"]],
    ['[1,2]', [1n, 2n]],
    ['[]', []],
  ])('become %s', (text, value) => {
    expect(paramText(value)).toBe(text);
  });

  it('are quoted as literals', () => {
    expect(literal("a'; DROP TABLE b; --")).toBe("'a\\'; DROP TABLE b; --'");
  });

  it('are lists of integers where the statement says so, and nothing else gets in there', () => {
    const sql = 'SELECT {ids:Array(UInt128)}, {names:Array(String)}';
    expect(bind(sql, { ids: ['7', '-8'], names: ['7'] })).toEqual({ ids: [7n, -8n], names: ['7'] });
    expect(() => bind(sql, { ids: ['1] OR 1 = 1'] })).toThrow(/no integer/);
  });
});

it('finds every placeholder', () => {
  expect(placeholders("SELECT {a:String}, { b : Array(UInt8)}, {'a': 1}")).toEqual(['a', 'b']);
});
