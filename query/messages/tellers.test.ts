import { describe, expect, it } from 'vitest';
import { tellers } from './tellers.ts';

const span = (id: string, kind: string, counted: 0 | 1, input: number, output: number, trace = 't') => ({
  id,
  trace,
  kind,
  counted,
  texts: { input, output },
});

describe('tellers', () => {
  it.each([
    ['the counted calls', [span('a', 'llm', 1, 1, 1), span('b', 'llm', 1, 2, 0)], ['a input output', 'b input output']],
    ['not the twin of a counted call', [span('outer', 'llm', 0, 1, 1), span('inner', 'llm', 1, 1, 1)], ['inner input output']],
    [
      'the twin, where the counted call tells nothing',
      [span('outer', 'llm', 0, 1, 1), span('inner', 'llm', 1, 0, 0)],
      ['outer input output'],
    ],
    [
      'an agent, where no call has an input',
      [span('agent', 'agent', 0, 1, 1), span('call', 'llm', 1, 0, 1)],
      ['agent input', 'call input output'],
    ],
    ['an agent alone', [span('agent', 'agent', 1, 1, 1)], ['agent input output']],
    ['an agent that is not counted, where there are no calls', [span('agent', 'agent', 0, 1, 1)], ['agent input output']],
    ['nobody', [span('call', 'llm', 1, 0, 0)], []],
    ['each trace for itself', [span('a', 'llm', 1, 1, 1, 'x'), span('b', 'llm', 0, 1, 1, 'y')], ['a input output', 'b input output']],
  ])('%s', (_name, spans, want) => expect(tellers(spans).map((teller) => [teller.span.id, ...teller.sides].join(' '))).toEqual(want));
});
