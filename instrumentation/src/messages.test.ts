import { describe, expect, it } from 'vitest';
import { toMessages } from './messages.ts';

const text = (content: string) => ({ type: 'text', content });

describe('toMessages', () => {
  it.each([
    ['a string', 'Hi', [{ role: 'user', parts: [text('Hi')] }]],
    [
      'chat messages',
      [
        { role: 'developer', content: 'Be brief' },
        { role: 'user', content: 'Hi' },
      ],
      [
        { role: 'system', parts: [text('Be brief')] },
        { role: 'user', parts: [text('Hi')] },
      ],
    ],
    [
      'messages with parts, as they are',
      [{ role: 'user', parts: [{ type: 'odd', x: 1 }] }],
      [{ role: 'user', parts: [{ type: 'odd', x: 1 }] }],
    ],
    [
      'a tool call, its arguments parsed, and its result',
      [
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'c1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } },
            { id: 'c2', function: { name: 'add', arguments: '{oops' } },
          ],
        },
        { role: 'tool', tool_call_id: 'c1', content: '2' },
      ],
      [
        {
          role: 'assistant',
          parts: [
            { type: 'tool_call', id: 'c1', name: 'add', arguments: { a: 1 } },
            { type: 'tool_call', id: 'c2', name: 'add', arguments: '{oops' },
          ],
        },
        { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c1', response: '2' }] },
      ],
    ],
    [
      'pictures, by address and inline',
      [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'See' },
            { type: 'image_url', image_url: { url: 'https://h/a.png' } },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
          ],
        },
      ],
      [
        {
          role: 'user',
          parts: [
            text('See'),
            { type: 'uri', modality: 'image', uri: 'https://h/a.png' },
            { type: 'blob', modality: 'image', mime_type: 'image/png', content: 'AAAA' },
          ],
        },
      ],
    ],
    [
      'reasoning and a refusal',
      { role: 'assistant', reasoning_content: 'Hm', refusal: 'No' },
      [{ role: 'assistant', parts: [{ type: 'reasoning', content: 'Hm' }, text('No')] }],
    ],
    [
      'a finish reason',
      { role: 'assistant', content: 'Hi', finish_reason: 'stop' },
      [{ role: 'assistant', parts: [text('Hi')], finish_reason: 'stop' }],
    ],
    ['anything else, as JSON', 42, [{ role: 'user', parts: [text('42')] }]],
  ])('takes %s', (_name, given, want) => {
    expect(toMessages(given, 'user')).toEqual(want);
  });
});
