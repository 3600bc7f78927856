import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeDraft } from '../../test/support/otlp-drafts.ts';
import { type Draft, KINDS } from '../draft.ts';
import { decodeOwn, encodeOwn, type OwnFacts } from './own.ts';
import { resolve } from './resolve.ts';
import type { Verdict } from './verdict.ts';

const verdictOf = (over: Partial<Verdict>): Verdict => ({ ...resolve([makeDraft()])[0]!, ...over });

describe('what a span itself said', () => {
  it.each<[string, Partial<Draft>, Partial<Verdict>, string]>([
    ['nothing', {}, {}, ''],
    [
      'what its trace says as well, in a letter each',
      { ownRunId: 'R', ownUser: 'u', ownFeature: 'f' },
      { runId: 'R', user: 'u', feature: 'f' },
      'ruf',
    ],
    ['something else than its trace', { ownUser: 'mine', ownSession: 's' }, { user: 'ours', session: 's' }, 's{"u":"mine"}'],
    ['another kind than it counts as', { kind: 'tool' }, { kind: 'step' }, '{"k":"tool"}'],
    ['tags and names', { ownTags: ['t'], runName: 'n', runNameRank: 3 }, {}, '{"t":["t"],"n":[3,"n"]}'],
  ])('%s', (_name, draft, verdict, want) => expect(encodeOwn(makeDraft(draft), verdictOf(verdict))).toBe(want));

  // Texts that look like the encoding itself are the ones that could confuse it.
  const text = fc.oneof(
    fc.constantFrom('', '', 'rusfc', 'r', '{', '{"u":"x"}', '"', '\\', '\0', '🧾', '__proto__'),
    fc.string({ unit: 'grapheme' }),
  );
  const name = fc.oneof(fc.constant(['', 1000] as const), fc.tuple(fc.string({ minLength: 1 }), fc.nat(999)));
  const own = fc.record({
    ownRunId: text,
    ownUser: text,
    ownSession: text,
    ownFeature: text,
    ownSource: text,
    ownTags: fc.array(text),
    kind: fc.constantFrom(...KINDS),
  });
  const together = fc.record({ runId: text, user: text, session: text, feature: text, source: text, kind: fc.constantFrom(...KINDS) });

  it('comes back from its encoding and the other columns, whatever both say', () => {
    const check = (
      said: typeof own extends fc.Arbitrary<infer T> ? T : never,
      trace: Partial<Verdict>,
      any: readonly [string, number],
      root: readonly [string, number],
    ) => {
      const facts: OwnFacts = { ...said, runName: any[0], runNameRank: any[1], rootName: root[0], rootNameRank: root[1] };
      const verdict = verdictOf(trace);
      expect(decodeOwn(encodeOwn(makeDraft(facts), verdict), verdict)).toEqual(facts);
    };
    fc.assert(fc.property(own, together, name, name, check), { numRuns: 2000 });
  });
});
