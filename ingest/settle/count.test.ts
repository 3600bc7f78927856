import { expect, it } from 'vitest';
import { makeDraft, START } from '../../test/support/otlp-drafts.ts';
import { type Draft, KINDS } from '../draft.ts';
import { MAX_NESTING } from './count.ts';
import { resolve } from './resolve.ts';

const idOf = (n: number): string => (n + 1).toString(16).padStart(16, '0');
const span = (n: number, over: Partial<Draft>): Draft =>
  makeDraft({ spanId: idOf(n), parentId: n === 0 ? '' : idOf(n - 1), startedAt: START + BigInt(n), ...over });

it.each([
  [MAX_NESTING - 1, 'inner'],
  [MAX_NESTING, 'outer'],
])('of two calls of one response id with %d agents between them the %s one counts', (between, which) => {
  const drafts = Array.from({ length: between + 2 }, (_, n) =>
    n === 0 || n === between + 1 ? span(n, { kind: 'llm', responseId: 'one' }) : span(n, { kind: 'agent' }),
  );
  const counted = resolve(drafts).flatMap(({ counted }, n) => (counted ? [n] : []));
  expect(counted).toEqual([which === 'inner' ? between + 1 : 0]);
});

it('of calls of one response id the one that counts is found as by walking up, in chains and trees of all kinds', () => {
  let state = 7;
  const next = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
  for (let round = 0; round < 300; round++) {
    const drafts = Array.from({ length: 3 + next(40) }, (_, n) => {
      const parent = n === 0 || next(8) === 0 ? '' : idOf(next(3) === 0 ? next(n) : n - 1);
      return span(n, { kind: KINDS[next(KINDS.length)]!, parentId: parent, responseId: 'one', known: next(4) === 0 ? 3 : 0 });
    });
    const verdicts = resolve(drafts);
    const at = new Map(drafts.map((draft, n) => [draft.spanId, n]));
    const above = (n: number): number => at.get(drafts[n]!.parentId) ?? -1;
    const isWithin = (inner: number, outer: number): boolean => {
      for (let n = above(inner); n >= 0; n = above(n)) if (n === outer) return true;
      return false;
    };
    // Those that no other rule took out.
    const calls = drafts.flatMap(({ kind }, n) => (kind === 'llm' && ['', 'same_response_id'].includes(verdicts[n]!.why) ? [n] : []));
    const first = calls.find((n) => drafts[n]!.known) ?? calls[0];
    let best = first;
    for (const n of calls) if (n > best! && drafts[n]!.known === drafts[first!]!.known && isWithin(n, best!)) best = n;
    expect(
      calls.filter((n) => verdicts[n]!.counted),
      `round ${round}`,
    ).toEqual(best === undefined ? [] : [best]);
  }
});
