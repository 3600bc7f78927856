import { describe, expect, it } from 'vitest';
import type { MessagePart } from '../contract/index.ts';
import { type Call, conversation } from './conversation.ts';
import { sideOf } from './exchange.ts';
import type { NormalMessage, Role } from './normalise.ts';

const say = (role: Role, ...parts: (string | MessagePart)[]): NormalMessage => ({
  role,
  parts: parts.map((part) => (typeof part === 'string' ? { type: 'text', text: part } : part)),
});
const [sys, user, bot] = [(t: string) => say('system', t), (t: string) => say('user', t), (t: string) => say('assistant', t)];
const toolCall = (name: string, id = 'c'): MessagePart => ({ type: 'tool_call', id, name, arguments: { a: 1, b: [2] } });
const toolResult = (result: unknown, id = 'c'): MessagePart => ({ type: 'tool_result', id, name: null, result });

let count = 0;
const call = (input: NormalMessage[], output: NormalMessage[], traceId = 't'): Call => ({
  taskId: `task-${++count}`,
  traceId,
  startedAt: '2026-11-20T10:00:00Z',
  endedAt: '2026-11-20T10:00:01Z',
  model: 'm',
  input,
  output,
});

/** `u:hi` for a text of the user, `a:+f` for a call, `t:=1` for a result. */
const told = (calls: Call[]) =>
  conversation(calls).map(({ role, parts }) => {
    const words = parts.map((part) => {
      if (part.type === 'tool_call') return `+${part.name}`;
      if (part.type === 'tool_result') return `=${JSON.stringify(part.result)}`;
      return 'text' in part ? part.text : part.type;
    });
    return `${role[0]}:${words.join(' ')}`;
  });

describe('conversation', () => {
  it.each<[string, Call[], string[]]>([
    ['nothing', [], []],
    ['one call', [call([sys('be brief'), user('hi')], [bot('hey')])], ['s:be brief', 'u:hi', 'a:hey']],
    [
      'history that every call repeats',
      [
        call([user('one')], [bot('1')]),
        call([user('one'), bot('1'), user('two')], [bot('2')]),
        call([user('one'), bot('1'), user('two'), bot('2'), user('three')], [bot('3')]),
      ],
      ['u:one', 'a:1', 'u:two', 'a:2', 'u:three', 'a:3'],
    ],
    [
      'history that was cut at the front',
      [
        call([user('one')], [bot('1')]),
        call([user('one'), bot('1'), user('two')], [bot('2')]),
        call([user('two'), bot('2'), user('three')], [bot('3')]),
      ],
      ['u:one', 'a:1', 'u:two', 'a:2', 'u:three', 'a:3'],
    ],
    [
      'history from before the first call we know',
      [call([user('two')], [bot('2')]), call([user('one'), bot('1'), user('two'), bot('2'), user('three')], [bot('3')])],
      ['u:one', 'a:1', 'u:two', 'a:2', 'u:three', 'a:3'],
    ],
    [
      'the same words twice in one history',
      [call([user('yes')], [bot('a')]), call([user('yes'), bot('a'), user('yes')], [bot('b')])],
      ['u:yes', 'a:a', 'u:yes', 'a:b'],
    ],
    ['a call that was tried again', [call([user('hi')], []), call([user('hi')], [bot('hey')])], ['u:hi', 'a:hey']],
    ['two answers to one question', [call([user('hi')], [bot('hey')]), call([user('hi')], [bot('hello')])], ['u:hi', 'a:hey', 'a:hello']],
    ['choices of one answer', [call([user('hi')], [bot('hey'), bot('hello')])], ['u:hi', 'a:hey', 'a:hello']],
    [
      'an agent that asks another one',
      [
        call([sys('A'), user('q')], [say('assistant', toolCall('ask'))]),
        call([sys('B'), user('sub')], [bot('answer')]),
        call([sys('A'), user('q'), say('assistant', toolCall('ask')), say('tool', toolResult('answer'))], [bot('done')]),
      ],
      ['s:A', 'u:q', 'a:+ask', 's:B', 'u:sub', 'a:answer', 't:="answer"', 'a:done'],
    ],
    [
      'another task for the same text',
      [call([sys('A'), user('q')], [bot('1')]), call([sys('B'), user('q')], [bot('2')])],
      ['s:A', 'u:q', 'a:1', 's:B', 'a:2'],
    ],
    [
      'white space that differs',
      [call([user('a  b\n')], [bot('x')]), call([user('a b'), bot(' x '), user('c')], [])],
      ['u:a  b\n', 'a:x', 'u:c'],
    ],
    ['messages that say nothing', [call([user('hi')], [say('assistant', ''), say('assistant')])], ['u:hi']],
  ])('%s', (_name, calls, want) => expect(told(calls)).toEqual(want));

  it('knows an answer again that is sent back in another cut', () => {
    const answer = say('assistant', { type: 'reasoning', text: 'hm' }, 'calling', toolCall('f', 'c1'), toolCall('g', 'c2'));
    const history = [user('q'), bot('calling'), say('assistant', toolCall('f', 'x1')), say('assistant', toolCall('g', 'x2'))];
    const results = [say('tool', toolResult(1, 'x1')), say('tool', toolResult(2, 'x2'))];
    expect(told([call([user('q')], [answer]), call([...history, ...results], [bot('done')])])).toEqual([
      'u:q',
      'a:hm calling +f +g',
      't:=1 =2',
      'a:done',
    ]);
  });

  it('knows calls again whose arguments are written in another order', () => {
    const other: MessagePart = { type: 'tool_call', id: null, name: 'f', arguments: { b: [2], a: 1 } };
    expect(told([call([user('q')], [say('assistant', toolCall('f'))]), call([user('q'), say('assistant', other)], [])])).toEqual([
      'u:q',
      'a:+f',
    ]);
  });

  it('takes what a user says in a new trace for a new turn, also the same words', () => {
    const calls = [
      call([user('hi')], [bot('hey')], 't1'),
      call([user('go on')], [bot('1')], 't2'),
      call([user('go on')], [bot('2')], 't3'),
    ];
    expect(told(calls)).toEqual(['u:hi', 'a:hey', 'u:go on', 'a:1', 'u:go on', 'a:2']);
  });

  it('lays the history of a resumed chat over what is known', () => {
    const calls = [call([user('hi')], [bot('hey')], 't1'), call([user('hi'), bot('hey'), user('more')], [bot('ok')], 't2')];
    expect(told(calls)).toEqual(['u:hi', 'a:hey', 'u:more', 'a:ok']);
  });

  it('keeps what was thought with what was said, also where they came apart', () => {
    const thought = say('assistant', { type: 'reasoning', text: 'hm' });
    expect(told([call([user('q')], [thought, bot('42')])])).toEqual(['u:q', 'a:hm 42']);
  });

  it('says who answered, and when', () => {
    const one = call([user('hi')], [bot('hey')]);
    expect(conversation([one])).toMatchObject([
      { taskId: one.taskId, at: one.startedAt, model: null },
      { taskId: one.taskId, at: one.endedAt, model: 'm' },
    ]);
  });

  it('takes a thousand turns in its stride', () => {
    const turns = Array.from({ length: 1000 }, (_, i) => [user(`q${i}`), bot(`a${i}`)] as const);
    const calls = turns.map(([question, answer], i) => call([...turns.slice(Math.max(0, i - 50), i).flat(), question], [answer]));
    expect(told(calls)).toEqual(turns.flatMap((_, i) => [`u:q${i}`, `a:a${i}`]));
  });
});

describe('sideOf', () => {
  const json = (content: string) => JSON.stringify({ role: 'user', content });
  const logged = (...texts: string[]) => texts.map((text, i) => ({ at: String(i), text }));
  it.each([
    ['texts of the span', { own: [json('a')], details: [] }, ['a']],
    ['log records where the span has none', { own: [], details: logged(json('b'), json('a')) }, ['b', 'a']],
    [
      'log records of one instant in the order of a turn',
      { own: [], details: logged(json('q'), JSON.stringify({ role: 'system', content: 's' })).map(({ text }) => ({ at: '1', text })) },
      ['s', 'q'],
    ],
    [
      'log records that repeat the span',
      { own: [json('a')], details: logged(JSON.stringify({ role: 'user', parts: [{ type: 'text', content: 'a' }] })) },
      ['a'],
    ],
    ['what only the log records have', { own: [json('a')], details: logged(json('a'), json('a'), json('b')) }, ['a', 'a', 'b']],
  ])('%s', (_name, sent, want) => {
    const parts = sideOf(sent, 'input').flatMap((message) => message.parts);
    expect(parts).toEqual(want.map((text) => ({ type: 'text', text })));
  });
});
