import { describe, expect, it } from 'vitest';
import { toChatMessages } from './history.ts';

const text = (content: string) => ({ type: 'text', text: content });
const call = (id: string | null) => ({ type: 'tool_call', id, name: 'add', arguments: { a: 1 } });
const result = (id: string | null) => ({ type: 'tool_result', id, name: 'add', result: { sum: 2 } });

describe('toChatMessages', () => {
  it('gives the conversation back as the model takes it', () => {
    const history = [
      { role: 'system', parts: [text('Be brief')] },
      { role: 'user', parts: [text('Add'), text('please'), { type: 'media' }] },
      { role: 'assistant', parts: [{ type: 'reasoning', text: 'Hm' }, call('c1')] },
      { role: 'tool', parts: [result('c1')] },
      { role: 'assistant', parts: [text('It is 2')] },
    ];
    expect(toChatMessages(history)).toEqual([
      { role: 'system', content: 'Be brief' },
      { role: 'user', content: 'Add\n\nplease' },
      { role: 'assistant', content: null, tool_calls: [{ id: 'c1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } }] },
      { role: 'tool', tool_call_id: 'c1', content: '{"sum":2}' },
      { role: 'assistant', content: 'It is 2' },
    ]);
  });

  it('leaves out calls without result, results without call, and what is then empty', () => {
    const history = [
      { role: 'user', parts: [text('Add')] },
      { role: 'assistant', parts: [text('Let me see'), call('open')] },
      { role: 'assistant', parts: [call(null)] },
      { role: 'tool', parts: [result('unasked'), result(null)] },
      { role: 'data', parts: [{ type: 'data' }] },
    ];
    expect(toChatMessages(history)).toEqual([
      { role: 'user', content: 'Add' },
      { role: 'assistant', content: 'Let me see' },
    ]);
  });
});
