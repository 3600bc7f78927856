import { describe, expect, it } from 'vitest';
import { type SpanShape, TRACE, verdictsOf } from '../../test/support/otlp-drafts.ts';
import { Flag } from '../draft.ts';

type Spans = Readonly<Record<string, SpanShape>>;

/** One word a span: `yes`, or why it is not counted. */
const counted = (spans: Spans): Record<string, string> =>
  Object.fromEntries(Object.entries(verdictsOf(spans)).map(([id, v]) => [id, v.counted ? 'yes' : v.why || 'no']));

const runIds = (spans: Spans): Record<string, string> =>
  Object.fromEntries(Object.entries(verdictsOf(spans)).map(([id, v]) => [id, v.runId]));

const flagsOf = (spans: Spans): Record<string, number> =>
  Object.fromEntries(Object.entries(verdictsOf(spans)).map(([id, v]) => [id, v.flags]));

/** The span that bears the facts of the run. */
const bearerOf = (spans: Spans): string => {
  const found = Object.entries(verdictsOf(spans)).filter(([, v]) => v.bears !== null);
  expect(found).toHaveLength(1);
  return found[0]![0];
};

describe('rule 1, the tree', () => {
  it('marks a span whose parent is not there as an orphan, until it comes', () => {
    expect(flagsOf({ a: { in: 'gone', kind: 'llm' } })).toEqual({ a: Flag.orphan });
    expect(flagsOf({ gone: {}, a: { in: 'gone', kind: 'llm' } })).toEqual({ gone: 0, a: 0 });
  });

  it.each<[string, Spans, Record<string, number>]>([
    ['a span that is its own parent', { a: { in: 'a', kind: 'llm' } }, { a: Flag.cycleCut }],
    ['the same beside others', { r: {}, a: { in: 'a' }, b: { in: 'a' } }, { r: 0, a: Flag.cycleCut, b: 0 }],
    ['two spans, cut at the first', { a: { in: 'b' }, b: { in: 'a' } }, { a: Flag.cycleCut, b: 0 }],
    ['the first of three in time, not in id', { c: { in: 'a' }, a: { in: 'b' }, b: { in: 'c' } }, { c: Flag.cycleCut, a: 0, b: 0 }],
    [
      'a tail that hangs on a cycle',
      { t: { in: 'b' }, u: { in: 't' }, a: { in: 'b' }, b: { in: 'a' } },
      { t: 0, u: 0, a: Flag.cycleCut, b: 0 },
    ],
    ['two cycles', { a: { in: 'b' }, b: { in: 'a' }, c: { in: 'd' }, d: { in: 'c' } }, { a: Flag.cycleCut, b: 0, c: Flag.cycleCut, d: 0 }],
  ])('cuts %s', (_name, spans, flags) => expect(flagsOf(spans)).toEqual(flags));

  it('still sees through a cut cycle what is above a call', () => {
    const spans: Spans = { b: { in: 'c', kind: 'llm', usage: [5, 1] }, c: { in: 'b', kind: 'llm', usage: [7, 1] } };
    expect(counted(spans)).toEqual({ b: 'same_call_inner', c: 'yes' });
  });
});

describe('rule 2, what is a run', () => {
  it.each<[string, Spans, boolean]>([
    ['a lone model call', { a: { kind: 'llm' } }, true],
    ['HTTP and database spans only', { a: {}, b: { in: 'a' } }, false],
    ['an agent that is only set up', { a: { kind: 'agent', flags: Flag.createAgent } }, false],
    ['set-up under application code', { a: {}, b: { in: 'a', kind: 'agent', flags: Flag.createAgent } }, false],
    ['set-up and then a call', { a: { kind: 'agent', flags: Flag.createAgent }, b: { kind: 'llm' } }, true],
    ['a step alone', { a: { kind: 'step' } }, true],
  ])('%s', (_name, spans, visible) => {
    expect(Object.values(verdictsOf(spans)).map((v) => v.visible)).toEqual(Object.keys(spans).map(() => visible));
  });

  it('counts nothing in a trace that is no run, not even usage', () => {
    const spans: Spans = { a: { usage: [10, 1] } };
    expect(verdictsOf(spans).a).toMatchObject({ visible: false, counted: false });
  });
});

describe('rule 3, the id of the run', () => {
  it.each<[string, Spans, Record<string, string>]>([
    ['is the trace id where nobody names one', { a: {}, b: { in: 'a', kind: 'llm' } }, { a: TRACE, b: TRACE }],
    ['is adopted by all from the root', { a: { ownRunId: 'R' }, b: { in: 'a' } }, { a: 'R', b: 'R' }],
    ['is adopted by all from a leaf', { a: {}, b: { in: 'a' }, c: { in: 'b', ownRunId: 'R' } }, { a: 'R', b: 'R', c: 'R' }],
    ['is adopted by spans of another root', { a: { ownRunId: 'R' }, b: { in: 'gone' } }, { a: 'R', b: 'R' }],
    [
      'is the nearest one above where several are named',
      { r: { ownRunId: 'R' }, a: { in: 'r' }, s: { in: 'r', ownRunId: 'S' }, b: { in: 's' }, c: { in: 'b' } },
      { r: 'R', a: 'R', s: 'S', b: 'S', c: 'S' },
    ],
    [
      "is the root's where none is above",
      { x: { in: 'gone', kind: 'llm' }, s: { in: 'gone', ownRunId: 'S' }, r: { ownRunId: 'R' }, a: { in: 'r' } },
      { x: 'R', s: 'S', r: 'R', a: 'R' },
    ],
    [
      'is the first named in start order where the root names none',
      { r: {}, s: { in: 'r', ownRunId: 'S' }, t: { in: 'r', ownRunId: 'T' }, u: { in: 'r' } },
      { r: 'S', s: 'S', t: 'T', u: 'S' },
    ],
  ])('%s', (_name, spans, ids) => expect(runIds(spans)).toEqual(ids));

  it("is the first orphan's while no root is known", () => {
    const spans: Spans = { t: { at: 1, in: 's', ownRunId: 'T' }, u: { at: 2, in: 'gone' }, s: { at: 0, in: 'gone', ownRunId: 'S' } };
    expect(runIds(spans)).toEqual({ t: 'T', u: 'S', s: 'S' });
  });
});

const llm = (parent: string, over: SpanShape = {}): SpanShape => ({ in: parent, kind: 'llm', ...over });

describe('rule 4, one call seen twice', () => {
  it.each<[string, Spans, Record<string, string>]>([
    ['the inner one has the usage', { o: llm('', { usage: [1, 1] }), i: llm('o', { usage: [2, 2] }) }, { o: 'same_call_inner', i: 'yes' }],
    ['only the inner one has', { o: llm(''), i: llm('o', { usage: [2, 2] }) }, { o: 'same_call_inner', i: 'yes' }],
    ['only the outer one has', { o: llm('', { usage: [2, 2] }), i: llm('o') }, { o: 'yes', i: 'same_call_outer' }],
    ['neither has', { o: llm(''), i: llm('o') }, { o: 'yes', i: 'same_call_outer' }],
    [
      'with HTTP spans between',
      { o: llm(''), h: { in: 'o' }, j: { in: 'h' }, i: llm('j', { usage: [2, 2] }) },
      { o: 'same_call_inner', h: 'not_a_model_call', j: 'not_a_model_call', i: 'yes' },
    ],
    [
      'with HTTP spans between, each of which starts before what encloses it',
      { i: llm('j', { usage: [2, 2] }), j: { in: 'h' }, h: { in: 'o' }, o: llm('') },
      { i: 'yes', j: 'not_a_model_call', h: 'not_a_model_call', o: 'same_call_inner' },
    ],
    [
      'three deep, usage at both ends',
      { o: llm('', { usage: [3, 3] }), m: llm('o'), i: llm('m', { usage: [2, 2] }) },
      { o: 'same_call_inner', m: 'same_call_inner', i: 'yes' },
    ],
    [
      'three deep, usage in the middle',
      { o: llm(''), m: llm('o', { usage: [2, 2] }), i: llm('m') },
      { o: 'same_call_inner', m: 'yes', i: 'same_call_outer' },
    ],
    [
      'two real calls in one wrapper',
      { o: llm('', { usage: [4, 4] }), a: llm('o', { usage: [2, 2] }), b: llm('o', { usage: [2, 2] }) },
      { o: 'same_call_inner', a: 'yes', b: 'yes' },
    ],
    [
      'a tool between: both are real',
      { o: llm('', { usage: [4, 4] }), t: { in: 'o', kind: 'tool' }, i: llm('t', { usage: [2, 2] }) },
      { o: 'yes', t: 'not_a_model_call', i: 'yes' },
    ],
    [
      'an agent between: both are real',
      { o: llm('', { usage: [4, 4] }), g: { in: 'o', kind: 'agent' }, i: llm('g', { usage: [2, 2] }) },
      { o: 'yes', g: 'not_a_model_call', i: 'yes' },
    ],
    [
      'a step between: both are real',
      { o: llm('', { usage: [4, 4] }), g: { in: 'o', kind: 'step' }, i: llm('g', { usage: [2, 2] }) },
      { o: 'yes', g: 'not_a_model_call', i: 'yes' },
    ],
    [
      'embedding below embedding',
      { o: { kind: 'embedding' }, i: { in: 'o', kind: 'embedding', usage: [2, 0] } },
      { o: 'same_call_inner', i: 'yes' },
    ],
    [
      'embedding below llm: both are real',
      { o: llm('', { usage: [4, 4] }), i: { in: 'o', kind: 'embedding', usage: [2, 0] } },
      { o: 'yes', i: 'yes' },
    ],
    [
      'the wrapper starts after what it wraps (clock skew)',
      { i: llm('o', { at: 0, usage: [2, 2] }), o: llm('', { at: 1 }) },
      { i: 'yes', o: 'same_call_inner' },
    ],
  ])('%s', (_name, spans, want) => expect(counted(spans)).toEqual(want));

  const id = (responseId: string): SpanShape => ({ responseId });
  it.each<[string, Spans, Record<string, string>]>([
    ['the one with usage', { a: llm('', id('x')), b: llm('', { ...id('x'), usage: [1, 1] }) }, { a: 'same_response_id', b: 'yes' }],
    [
      'then the inner one',
      { a: llm('', { ...id('x'), usage: [1, 1] }), t: { in: 'a', kind: 'tool' }, b: llm('t', { ...id('x'), usage: [1, 1] }) },
      { a: 'same_response_id', t: 'not_a_model_call', b: 'yes' },
    ],
    [
      'then the first',
      { a: llm('', { ...id('x'), usage: [1, 1] }), b: llm('', { ...id('x'), usage: [1, 1] }) },
      { a: 'yes', b: 'same_response_id' },
    ],
    [
      'one of three',
      { a: llm('', id('x')), b: llm('', { ...id('x'), usage: [1, 1] }), c: llm('', id('x')) },
      {
        a: 'same_response_id',
        b: 'yes',
        c: 'same_response_id',
      },
    ],
    ['both where the ids differ', { a: llm('', id('x')), b: llm('', id('y')) }, { a: 'yes', b: 'yes' }],
    ['both where none is given', { a: llm(''), b: llm('') }, { a: 'yes', b: 'yes' }],
    ['an embedding with the same id as well', { a: llm('', id('x')), b: { kind: 'embedding', responseId: 'x' } }, { a: 'yes', b: 'yes' }],
    [
      'the call, not the agent that repeats its id',
      { g: { kind: 'agent', responseId: 'x' }, a: llm('g', id('x')) },
      {
        g: 'not_a_model_call',
        a: 'yes',
      },
    ],
  ])('of calls with one response id, counts %s', (_name, spans, want) => expect(counted(spans)).toEqual(want));

  it('sees a tool below a tool of the same name as one tool call', () => {
    const tool = (parent: string, name: string): SpanShape => ({ in: parent, kind: 'tool', name });
    const spans = { c: tool('', 'search'), s: tool('c', 'search'), d: tool('s', 'read'), h: { in: 'd' }, e: tool('h', 'read') };
    const kinds = Object.entries(verdictsOf(spans)).map(([name, v]) => [name, v.kind]);
    expect(Object.fromEntries(kinds)).toEqual({ c: 'tool', s: 'step', d: 'tool', h: 'other', e: 'step' });
  });
});

describe('rule 5, usage on what is no call', () => {
  const agent = (parent: string, over: SpanShape = {}): SpanShape => ({ in: parent, kind: 'agent', ...over });
  it.each<[string, Spans, Record<string, string>]>([
    ['counts where no call lies below', { g: agent('', { usage: [9, 9] }) }, { g: 'yes' }],
    ['counts on a root of the application', { r: { usage: [9, 9] }, s: { in: 'r', kind: 'step' } }, { r: 'yes', s: 'not_a_model_call' }],
    [
      'gives way to a call with usage, however deep',
      { g: agent('', { usage: [9, 9] }), s: { in: 'g', kind: 'step' }, a: llm('s', { usage: [9, 9] }) },
      { g: 'usage_below', s: 'not_a_model_call', a: 'yes' },
    ],
    ['stays where the call below has no usage', { g: agent('', { usage: [9, 9] }), a: llm('g') }, { g: 'yes', a: 'yes' }],
    [
      'counts once, on the topmost',
      { g: agent('', { usage: [9, 9] }), s: { in: 'g', kind: 'step', usage: [9, 9] }, t: { in: 's', kind: 'tool', usage: [1, 1] } },
      { g: 'yes', s: 'aggregated_by_sender', t: 'aggregated_by_sender' },
    ],
    [
      'counts once, on the topmost, though it starts last',
      { t: { in: 's', kind: 'tool', usage: [1, 1] }, s: { in: 'g', kind: 'step', usage: [9, 9] }, g: agent('', { usage: [9, 9] }) },
      { t: 'aggregated_by_sender', s: 'aggregated_by_sender', g: 'yes' },
    ],
    [
      'counts beside a branch that has calls of its own',
      {
        g: agent('', { usage: [9, 9] }),
        h: agent('g', { usage: [4, 4] }),
        k: agent('g', { usage: [5, 5] }),
        a: llm('k', { usage: [5, 5] }),
      },
      { g: 'usage_below', h: 'yes', k: 'usage_below', a: 'yes' },
    ],
    [
      'gives way to a call that is itself not counted',
      { g: agent('', { usage: [9, 9] }), a: llm('g', { responseId: 'x', usage: [9, 9] }), b: llm('', { responseId: 'x', usage: [9, 9] }) },
      { g: 'usage_below', a: 'yes', b: 'same_response_id' },
    ],
  ])('%s', (_name, spans, want) => expect(counted(spans)).toEqual(want));

  it('is marked as aggregated where it counts, and only there', () => {
    const spans = { g: agent('', { usage: [9, 9] }), s: { in: 'g', kind: 'step' as const, usage: [9, 9] as const } };
    expect(flagsOf(spans)).toEqual({ g: Flag.aggregated, s: 0 });
  });
});

describe('rule 6, facts of the run', () => {
  it('are the first that any span gives, in start order, on every row', () => {
    const spans: Spans = {
      r: { ownFeature: 'chat' },
      b: { in: 'r', at: 5, kind: 'llm', ownUser: 'late', ownSession: 's' },
      c: { in: 'r', at: 3, ownUser: 'early', ownFeature: 'prompt', ownSource: 'src' },
    };
    for (const verdict of Object.values(verdictsOf(spans))) {
      expect(verdict).toMatchObject({ user: 'early', session: 's', feature: 'chat', source: 'src' });
    }
  });

  it('do not depend on the order of spans that start together, but on their ids', () => {
    const spans: Spans = { b: { at: 1, ownUser: 'of b' }, a: { at: 1, ownUser: 'of a' } };
    expect(verdictsOf(spans).b!.user).toBe('of a');
  });

  const nameOf = (spans: Spans): string => verdictsOf(spans)[bearerOf(spans)]!.bears!.name;
  it.each<[string, Spans, string]>([
    ["is the root's name where no source has one", { r: { name: 'POST /chat' }, a: { in: 'r', kind: 'llm' } }, 'POST /chat'],
    ['comes from any span by rank', { r: { runName: 'far', runNameRank: 50 }, a: { in: 'r', runName: 'near', runNameRank: 0 } }, 'near'],
    ['of one rank is the first', { r: { runName: 'one', runNameRank: 5 }, a: { in: 'r', runName: 'two', runNameRank: 5 } }, 'one'],
    ['that only holds on a root is believed there', { r: { rootName: 'agent', rootNameRank: 4 } }, 'agent'],
    [
      'that only holds on a root is not believed below',
      { r: { name: 'root' }, a: { in: 'r', rootName: 'agent', rootNameRank: 4 } },
      'root',
    ],
    [
      'of a root loses to a better rank from anywhere',
      { r: { rootName: 'agent', rootNameRank: 40 }, a: { in: 'r', runName: 'said', runNameRank: 30 } },
      'said',
    ],
  ])('name: %s', (_name, spans, want) => expect(nameOf(spans)).toBe(want));

  it('tags are those of the first span that has any', () => {
    const spans: Spans = { r: {}, a: { in: 'r', ownTags: ['x', 'y'] }, b: { in: 'r', ownTags: ['z'] } };
    expect(verdictsOf(spans).r!.bears!.tags).toEqual(['x', 'y']);
  });

  it.each<[string, Spans, string]>([
    ['the root', { a: { in: 'r', at: 0 }, r: { at: 1 } }, 'r'],
    ['the first of two roots', { r: { at: 1 }, s: { at: 0 } }, 's'],
    ['a root rather than an orphan before it', { a: { in: 'gone', at: 0 }, r: { at: 1 } }, 'r'],
    ['the first orphan while there is no root', { b: { in: 'gone', at: 1 }, a: { in: 'gone', at: 0 } }, 'a'],
    ['the cut of a cycle where there is nothing else', { a: { in: 'b' }, b: { in: 'a' } }, 'a'],
  ])('are borne by %s', (_name, spans, want) => expect(bearerOf(spans)).toBe(want));
});

describe('rule 7, the status of the run', () => {
  const statusOf = (spans: Spans): string => verdictsOf(spans)[bearerOf(spans)]!.bears!.status;
  it.each<[string, Spans, string]>([
    ["is the root's", { r: { status: 'failed' }, a: { in: 'r' } }, 'failed'],
    ['is not that of a child', { r: {}, a: { in: 'r', status: 'failed' } }, 'completed'],
    ['is running while the root is', { r: { status: 'running', hasEnd: false }, a: { in: 'r' } }, 'running'],
    ['is running while no root has come, however its parts ended', { a: { in: 'gone', status: 'failed' } }, 'running'],
    ['is that of the cut where all is a cycle', { a: { in: 'b', status: 'failed' }, b: { in: 'a' } }, 'failed'],
    ['is cancelled', { r: { status: 'cancelled' } }, 'cancelled'],
  ])('%s', (_name, spans, want) => expect(statusOf(spans)).toBe(want));
});
