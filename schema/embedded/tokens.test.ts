import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { mendTokens, wholeLength } from './tokens.ts';

const A = '1\tall_1_1_0\tall_123_456\n';
const B = '1\tall_2_2_0\tall_789_12\n';

it.each([
  ['nothing', '', 0],
  ['whole records', A + B, 2],
  ['a record that is cut off', A + B.slice(0, -5), 1],
  ['a record without its end', A + B.slice(0, -1), 1],
  ['a record and what was written behind it', A + B.slice(0, -6) + A + B, 1],
  ['zeros', `${A}${'\0'.repeat(100)}`, 1],
  ['zeros in a record', `${A}${B.slice(0, 8)}${'\0'.repeat(10)}\n${A}`, 1],
])('a list of tokens with %s is whole up to there', (_name, list, records) => {
  expect(wholeLength(Buffer.from(list))).toBe((A + B).split('\n').slice(0, records).join('\n').length + (records > 0 ? 1 : 0));
});

it('cuts the lists of every table, and no other file', () => {
  const path = mkdtempSync(join(tmpdir(), 'airuns-tokens-'));
  const table = join(path, 'store/abc/abc-def');
  mkdirSync(join(table, 'deduplication_logs'), { recursive: true });
  mkdirSync(join(path, 'store/abc/without'), { recursive: true });
  const list = join(table, 'deduplication_logs/deduplication_log_1.txt');
  writeFileSync(list, `${A}1\tall_2`);
  writeFileSync(join(table, 'format_version.txt'), '1');
  expect(mendTokens(path)).toEqual([list]);
  expect(readFileSync(list, 'utf8')).toBe(A);
  expect(mendTokens(path)).toEqual([]);
  expect(readFileSync(join(table, 'format_version.txt'), 'utf8')).toBe('1');
  expect(mendTokens(join(path, 'nothing'))).toEqual([]);
  rmSync(path, { recursive: true });
});
