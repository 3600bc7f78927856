import { expect, it } from 'vitest';
import { nameFrom } from './name.ts';

it.each([
  ['Plan my week', 'Plan my week'],
  ['  # Plan\n\n*my*   week ', 'Plan my week'],
  ['Fix this: ```js\nconst a = 1;\n``` please', 'Fix this: please'],
  ['Hello [[slow]]', 'Hello'],
  ['``` ```', 'New chat'],
  [
    'Compare the three proposals for the new pricing page and tell me which one',
    'Compare the three proposals for the new pricing page and…',
  ],
  ['a'.repeat(100), `${'a'.repeat(60)}…`],
])('the name of %j', (message, want) => {
  expect(nameFrom(message)).toBe(want);
});
