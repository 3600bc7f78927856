import { expect, it } from 'vitest';
import { toolResult } from './part.ts';

it.each([
  ['blocks of text', [{ type: 'text', text: '{"city":"Paris"}' }]],
  ['parts of the GenAI conventions', [{ type: 'text', content: '{"city":"Paris"}' }]],
  ['a typed value', { type: 'json', value: { city: 'Paris' } }],
])('reads what a tool gave back from %s', (_from, value) => {
  expect(toolResult(value)).toEqual({ city: 'Paris' });
});
