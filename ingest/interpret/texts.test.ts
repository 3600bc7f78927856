import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitJsonList, Texts } from './texts.ts';

/** The elements as texts, or null. */
function split(text: string | Buffer, limit = 1000): string[] | null {
  const bytes = Buffer.from(text);
  // Something before and behind it, which must not be looked at.
  const padded = Buffer.concat([Buffer.from('["'), bytes, Buffer.from('"]')]);
  const ranges = splitJsonList(padded, 2, 2 + bytes.length, limit);
  if (ranges === null) return null;
  return Array.from({ length: ranges.length / 2 }, (_, i) => padded.toString('utf8', ranges[2 * i]!, ranges[2 * i + 1]!));
}

describe('the elements of a JSON list', () => {
  it.each<[string, string[] | null]>([
    ['[]', []],
    [' [ ] ', []],
    ['[1, "a" ,{"b":[2]} ]', ['1', '"a"', '{"b":[2]}']],
    ['["]", "\\"", "\\\\", ","]', ['"]"', '"\\""', '"\\\\"', '","']],
    ['[[],{}]', ['[]', '{}']],
    ['["é🧾"]', ['"é🧾"']],
    ['', null],
    ['{}', null],
    ['"[]"', null],
    ['[', null],
    ['[1', null],
    ['[1,', null],
    ['["a]', null],
    ['["a\\"]', null],
    ['[[1]', null],
    ['[1]x', null],
    ['[1,]', null],
    ['[,1]', null],
    ['[,]', null],
    ['[1] [2]', null],
  ])('%s', (text, want) => expect(split(text)).toEqual(want));

  it('are too many beyond the limit', () => {
    expect(split('[1,2,3]', 3)).toHaveLength(3);
    expect(split('[1,2,3,4]', 3)).toBeNull();
  });

  const space = fc.constantFrom('', ' ', '\n', '\t ', '  ');
  const list = fc.array(fc.jsonValue({ maxDepth: 4 }), { maxLength: 8 });

  it('are those of JSON.parse, in their order, whatever blanks stand between', () => {
    const check = (values: unknown[], indent: number, before: string, after: string): void => {
      const found = split(before + JSON.stringify(values, null, indent) + after);
      expect(found?.map((text) => JSON.parse(text))).toEqual(JSON.parse(JSON.stringify(values)));
    };
    fc.assert(fc.property(list, fc.nat(3), space, space, check), { numRuns: 1000 });
  });

  it('are not guessed where the list was cut', () => {
    const check = (values: unknown[], at: number): void => {
      const whole = Buffer.from(JSON.stringify(values));
      expect(split(whole.subarray(0, at % whole.length))).toBeNull();
    };
    fc.assert(fc.property(list, fc.nat(), check), { numRuns: 2000 });
  });
});

describe('texts', () => {
  it('are known by their content', () => {
    const texts = new Texts();
    const bytes = Buffer.from('xhelloxhellox');
    expect(texts.put(bytes, 1, 6)).toBe(texts.put(bytes, 7, 12));
    expect(texts.putText('hello')).toBe(texts.put(bytes, 1, 6));
    expect(texts.putText('hello!')).not.toBe(texts.putText('hello'));
    expect(texts.slices.size).toBe(2);
    expect(texts.bytes).toBe(11);
    for (const ref of texts.slices.keys()) expect(ref).toMatch(/^[0-9a-f]{32}$/);
  });
});
