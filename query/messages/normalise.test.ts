import { describe, expect, it } from 'vitest';
import { type NormalMessage, normalise, type Side } from './normalise.ts';

const text = (value: string) => ({ type: 'text', text: value });
const call = (name: string, args: unknown, id: string | null = 'c1') => ({ type: 'tool_call', id, name, arguments: args });
const result = (value: unknown, id: string | null = 'c1', name: string | null = null) => ({ type: 'tool_result', id, name, result: value });
const media = (mimeType: string | null, uri: string | null, bytes: number | null) => ({ type: 'media', mimeType, uri, bytes });
/** 30 bytes. */
const PICTURE = 'A'.repeat(40);

type Case = [name: string, stored: unknown, want: [role: string, ...parts: object[]][], side?: Side];

const SEMCONV: Case[] = [
  ['text', { role: 'user', parts: [{ type: 'text', content: 'hi' }] }, [['user', text('hi')]]],
  [
    'an answer with reasoning and a call',
    {
      role: 'assistant',
      parts: [
        { type: 'reasoning', content: 'hm' },
        { type: 'tool_call', id: 'c1', name: 'f', arguments: { a: 1 } },
      ],
      finish_reason: 'tool_call',
    },
    [['assistant', { type: 'reasoning', text: 'hm' }, call('f', { a: 1 })]],
  ],
  [
    'a result under "response"',
    { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c1', response: '{"b":2}' }] },
    [['tool', result({ b: 2 })]],
  ],
  [
    'a result under "result"',
    { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c1', result: 'done' }] },
    [['tool', result('done')]],
  ],
  [
    'blob, uri and file',
    {
      role: 'user',
      parts: [
        { type: 'blob', modality: 'image', mime_type: 'image/png', content: PICTURE },
        { type: 'uri', mime_type: 'image/png', uri: 'https://x.y/z.png' },
        { type: 'file', file_id: 'file-1' },
      ],
    },
    [['user', media('image/png', null, 30), media('image/png', 'https://x.y/z.png', null), media(null, 'file-1', null)]],
  ],
  [
    'a part of an unknown type',
    { role: 'user', parts: [{ type: 'hologram', depth: 3 }] },
    [['user', { type: 'data', value: { type: 'hologram', depth: 3 } }]],
  ],
  [
    'system instructions in an envelope',
    { role: 'system', content: [{ type: 'text', content: 'be brief' }] },
    [['system', text('be brief')]],
  ],
  [
    'system instructions packed into a string',
    { role: 'system', content: '[{"type":"text","content":"be brief"}]' },
    [['system', text('be brief')]],
  ],
  ['JSON that somebody wrote', { role: 'user', content: '[{"a":1}]' }, [['user', text('[{"a":1}]')]]],
  ['system instructions without one', [{ type: 'text', content: 'be brief' }], [['user', text('be brief')]]],
];

const OPENAI: Case[] = [
  ['text', { role: 'developer', content: 'be brief' }, [['system', text('be brief')]]],
  [
    'pieces',
    {
      role: 'user',
      content: [
        { type: 'input_text', text: 'what?' },
        { type: 'output_text', text: 'that' },
      ],
    },
    [['user', text('what?'), text('that')]],
  ],
  [
    'pictures by address and by value',
    {
      role: 'user',
      content: [
        { type: 'image_url', image_url: { url: 'https://x.y/z.png' } },
        { type: 'image_url', image_url: { url: `data:image/jpeg;base64,${PICTURE}` } },
        { type: 'input_image', image_url: 'https://x.y/z.png' },
        { type: 'input_audio', input_audio: { data: PICTURE, format: 'wav' } },
      ],
    },
    [
      [
        'user',
        media(null, 'https://x.y/z.png', null),
        media('image/jpeg', null, 30),
        media(null, 'https://x.y/z.png', null),
        media('audio/wav', null, 30),
      ],
    ],
  ],
  [
    'calls, with arguments as text',
    { role: 'assistant', content: null, tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }] },
    [['assistant', call('f', { a: 1 })]],
  ],
  [
    'arguments that were cut',
    { role: 'assistant', content: '', tool_calls: [{ id: 'c1', function: { name: 'f', arguments: '{"a":' } }] },
    [['assistant', text(''), call('f', '{"a":')]],
  ],
  ['a result', { role: 'tool', tool_call_id: 'c1', content: '{"b":2}' }, [['tool', result({ b: 2 })]]],
  [
    'a result in pieces',
    {
      role: 'tool',
      tool_call_id: 'c1',
      content: [
        { type: 'text', text: 'one' },
        { type: 'text', text: 'two' },
      ],
    },
    [['tool', result('one\ntwo')]],
  ],
  ['a refusal', { role: 'assistant', content: null, refusal: 'no' }, [['assistant', text('no')]]],
  [
    'a call and its output of the Responses API',
    [{ type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' }],
    [['assistant', call('f', {})]],
    'output',
  ],
  ['an output of the Responses API', { type: 'function_call_output', call_id: 'c1', output: 'ok' }, [['tool', result('ok')]]],
  [
    'a whole request',
    {
      model: 'm',
      messages: [
        { role: 'system', content: 's' },
        { role: 'user', content: 'u' },
      ],
    },
    [
      ['system', text('s')],
      ['user', text('u')],
    ],
  ],
  [
    'a whole answer',
    { id: 'r', choices: [{ index: 0, message: { role: 'assistant', content: 'a' } }] },
    [['assistant', text('a')]],
    'output',
  ],
];

const AI_SDK: Case[] = [
  ['text', { role: 'user', content: [{ type: 'text', text: 'hi' }] }, [['user', text('hi')]]],
  [
    'a call under "args" and under "input"',
    {
      role: 'assistant',
      content: [
        { type: 'tool-call', toolCallId: 'c1', toolName: 'f', args: { a: 1 } },
        { type: 'tool-call', toolCallId: 'c2', toolName: 'g', input: '{"a":2}' },
      ],
    },
    [['assistant', call('f', { a: 1 }), call('g', { a: 2 }, 'c2')]],
  ],
  [
    'a result under "result" and under "output"',
    {
      role: 'tool',
      content: [
        { type: 'tool-result', toolCallId: 'c1', toolName: 'f', result: { b: 2 } },
        { type: 'tool-result', toolCallId: 'c2', toolName: 'g', output: { type: 'json', value: [1] } },
        { type: 'tool-result', toolCallId: 'c3', toolName: 'h', output: { type: 'error-text', value: 'broke' } },
      ],
    },
    [['tool', result({ b: 2 }, 'c1', 'f'), result([1], 'c2', 'g'), result('broke', 'c3', 'h')]],
  ],
  [
    'pictures and files',
    {
      role: 'user',
      content: [
        { type: 'image', image: 'https://x.y/z.png' },
        { type: 'image', image: PICTURE, mediaType: 'image/png' },
        { type: 'file', data: `data:application/pdf;base64,${PICTURE}`, mediaType: 'application/pdf' },
        { type: 'image', image: { 0: 137, 1: 80, 2: 78 } },
      ],
    },
    [
      [
        'user',
        media(null, 'https://x.y/z.png', null),
        media('image/png', null, 30),
        media('application/pdf', null, 30),
        media(null, null, 3),
      ],
    ],
  ],
  [
    'a prompt',
    { system: 's', prompt: 'p' },
    [
      ['system', text('s')],
      ['user', text('p')],
    ],
  ],
  [
    'a prompt of messages',
    {
      system: 's',
      messages: [
        { role: 'user', content: 'u' },
        { role: 'assistant', content: 'a' },
      ],
    },
    [
      ['system', text('s')],
      ['user', text('u')],
      ['assistant', text('a')],
    ],
  ],
  ['only a prompt', { prompt: 'p' }, [['user', text('p')]]],
  ['calls without a type', [{ toolCallId: 'c1', toolName: 'f', input: '{"a":1}' }], [['assistant', call('f', { a: 1 })]], 'output'],
];

const OTHERS: Case[] = [
  ['OpenInference text', { role: 'user', content: 'hi' }, [['user', text('hi')]]],
  [
    'OpenInference contents',
    {
      role: 'user',
      contents: [
        { message_content: { type: 'text', text: 'see' } },
        { message_content: { type: 'image', image: { image: { url: 'https://x.y/z.png' } } } },
      ],
    },
    [['user', text('see'), media(null, 'https://x.y/z.png', null)]],
  ],
  [
    'OpenInference calls',
    { role: 'assistant', tool_calls: [{ tool_call: { id: 'c1', function: { name: 'f', arguments: '{"a":1}' } } }] },
    [['assistant', call('f', { a: 1 })]],
  ],
  [
    'OpenInference calls of Anthropic, named twice',
    {
      role: 'assistant',
      contents: [
        { message_content: { type: 'text', text: 'look' } },
        { message_content: { type: 'tool_use' }, tool_call: { id: 'c1', function: { name: 'f', arguments: '{}' } } },
      ],
      tool_calls: [{ tool_call: { id: 'c1', function: { name: 'f', arguments: '{}' } } }],
    },
    [['assistant', text('look'), call('f', {})]],
  ],
  ["a result that OpenInference calls the user's", { role: 'user', tool_call_id: 'c1', content: 'ok' }, [['tool', result('ok')]]],
  ['an OpenInference result', { role: 'tool', content: 'ok', tool_call_id: 'c1', name: 'f' }, [['tool', result('ok', 'c1', 'f')]]],
  ['an OpenInference prompt', { text: 'complete me' }, [['user', text('complete me')]]],
  ['a log body', { role: 'user', content: { content: 'hi' } }, [['user', text('hi')]]],
  ['a log body without envelope', { content: 'hi' }, [['user', text('hi')]]],
  [
    'a log body of calls',
    { tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }] },
    [['assistant', call('f', {})]],
  ],
  ['a log body of a result', { role: 'tool', content: { id: 'c1', content: 'ok' } }, [['tool', result('ok')]]],
  ['a choice', { index: 0, finish_reason: 'stop', message: { content: 'a' } }, [['assistant', text('a')]], 'output'],
  [
    'a choice in an envelope',
    { role: 'assistant', content: { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'a' } } },
    [['assistant', text('a')]],
    'output',
  ],
  [
    'a choice with its role beside it',
    { role: 'assistant', index: 0, finish_reason: 'stop', message: { content: 'a' } },
    [['assistant', text('a')]],
    'output',
  ],
  [
    'Anthropic blocks',
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'hm', signature: 's' },
        { type: 'redacted_thinking', data: 'x' },
        { type: 'text', text: 'a' },
        { type: 'tool_use', id: 'c1', name: 'f', input: { a: 1 } },
      ],
    },
    [['assistant', { type: 'reasoning', text: 'hm' }, text('a'), call('f', { a: 1 })]],
  ],
  [
    'Anthropic results, which it sends as the user',
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c1', content: [{ type: 'text', text: '{"b":2}' }] }] },
    [['tool', result({ b: 2 })]],
  ],
  [
    'Anthropic pictures',
    {
      role: 'user',
      content: [
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PICTURE } },
        { type: 'image', source: { type: 'url', url: 'https://x.y/z.png' } },
      ],
    },
    [['user', media('image/png', null, 30), media(null, 'https://x.y/z.png', null)]],
  ],
  [
    'Gemini',
    { role: 'model', parts: [{ text: 'hm', thought: true }, { text: 'a' }, { functionCall: { name: 'f', args: { a: 1 } } }] },
    [['assistant', { type: 'reasoning', text: 'hm' }, text('a'), call('f', { a: 1 }, null)]],
  ],
  [
    'Gemini data',
    {
      role: 'user',
      parts: [{ inlineData: { mimeType: 'image/png', data: PICTURE } }, { functionResponse: { name: 'f', response: { b: 2 } } }],
    },
    [['user', media('image/png', null, 30), result({ b: 2 }, null, 'f')]],
  ],
  [
    'LangChain',
    {
      lc: 1,
      type: 'constructor',
      id: ['langchain_core', 'messages', 'AIMessage'],
      kwargs: { content: '', tool_calls: [{ id: 'c1', name: 'f', args: { a: 1 } }] },
    },
    [['assistant', text(''), call('f', { a: 1 })]],
  ],
  ['JSON that says nothing we know', { city: 'Paris' }, [['assistant', { type: 'data', value: { city: 'Paris' } }]], 'output'],
  ['a role with words of its own', { role: 'user', text: 'hi' }, [['user', text('hi')]]],
  ['a role with a form of its own', { role: 'user', said: 'hi' }, [['user', { type: 'data', value: { said: 'hi' } }]]],
  ['an empty object, as a withheld one', {}, []],
];

function check(stored: string, want: Case[2], side: Side = 'input') {
  const wanted = want.map(([role, ...parts]) => ({ role, parts }));
  expect(normalise(stored, side)).toEqual(wanted);
}

describe('normalise', () => {
  for (const [name, cases] of Object.entries({ SEMCONV, OPENAI, AI_SDK, OTHERS })) {
    describe(name, () => it.each(cases)('%s', (_name, stored, want, side) => check(JSON.stringify(stored), want, side)));
  }

  it.each([
    ['plain text of a user', 'What is it?', 'input', [['user', text('What is it?')]]],
    ['plain text of an answer', 'It is 42.', 'output', [['assistant', text('It is 42.')]]],
    ['a number stays the text it was', '42', 'output', [['assistant', text('42')]]],
    ['text in quotes', '"hi"', 'input', [['user', text('hi')]]],
    ['JSON that was cut', '{"role":"user","content":"abc', 'input', [['user', text('{"role":"user","content":"abc')]]],
    ['nothing', '', 'input', [['user', text('')]]],
    ['an empty list', '[]', 'input', []],
  ] as [string, string, Side, Case[2]][])('%s', (_name, stored, side, want) => check(stored, want, side));

  it('never inlines base64, wherever it is', () => {
    const big = 'QUJD'.repeat(1000);
    const stored = JSON.stringify({
      role: 'tool',
      tool_call_id: 'c',
      content: JSON.stringify({ png: `data:image/png;base64,${big}`, raw: big }),
    });
    expect(normalise(stored, 'input')[0]?.parts).toEqual([result({ png: '[image/png, 3000 bytes]', raw: '[base64, 3000 bytes]' }, 'c')]);
  });

  it.each([
    ['deep lists', '['.repeat(5000) + ']'.repeat(5000)],
    ['deep objects', `${'{"content":'.repeat(3000)}1${'}'.repeat(3000)}`],
    ['deep results', `{"role":"tool","content":${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}}`],
    ['deep pictures', `{"type":"image","image":${'{"image":'.repeat(3000)}1${'}'.repeat(3000)}}`],
    ['prototypes', '{"role":"user","__proto__":{"x":1},"content":[{"type":"__proto__"},{"type":"constructor"},null,3,[1]]}'],
    ['wrong types everywhere', '{"role":7,"parts":{"a":1},"tool_calls":[1,null,"x"],"content":[[]]}'],
  ])('survives %s, and its answer can be written as JSON', (_name, stored) => {
    const messages: NormalMessage[] = normalise(stored, 'input');
    expect(JSON.stringify(messages).length).toBeGreaterThan(0);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });
});
