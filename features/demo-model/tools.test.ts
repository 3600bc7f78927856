import { expect, it } from 'vitest';
import { wantedCalls } from './tools.ts';

const offered = ['calculator', 'clock', 'toString'].map((name) => ({ type: 'function' as const, function: { name } }));

it.each([
  ['calculate 17.5% of 240', [{ name: 'calculator', arguments: { expression: '17.5 / 100 * 240' } }]],
  ['What is 12*7?', [{ name: 'calculator', arguments: { expression: '12*7' } }]],
  ['Calculate (3+4)*2^3 please', [{ name: 'calculator', arguments: { expression: '(3+4)*2^3' } }]],
  ['1,200 x 3', [{ name: 'calculator', arguments: { expression: '1200 * 3' } }]],
  ['What time is it in Tokyo?', [{ name: 'clock', arguments: { timezone: 'Asia/Tokyo' } }]],
  [
    'How much is 10 - 3, and what is the date?',
    [
      { name: 'calculator', arguments: { expression: '10 - 3' } },
      { name: 'clock', arguments: {} },
    ],
  ],
  ['Call 555-1234 on 2026-11-22', []],
  ['Plan my day', []],
])('%s', (text, want) => {
  expect(wantedCalls(text, offered)).toEqual(want);
  expect(wantedCalls(text, [])).toEqual([]);
});
