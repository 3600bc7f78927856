import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeDraft, START, TRACE } from '../../test/support/otlp-drafts.ts';
import { requestOf, type SpanInput, spanMessage } from '../../test/support/otlp-wire.ts';
import { decodeTraces } from '../decode/otlp.ts';
import type { Draft } from '../draft.ts';
import { Interpreter } from '../interpret/interpret.ts';
import { Texts } from '../interpret/texts.ts';
import { compareVersions } from './merge.ts';

describe('the winner among versions of a span', () => {
  it.each<[string, Partial<Draft>, Partial<Draft>]>([
    ['has ended, even where the other runs on for longer', {}, { hasEnd: false, startedAt: START + 10n ** 12n, weight: 9 }],
    ['ends later', { durationNs: 2n }, { durationNs: 1n, weight: 9, hashHi: 9 }],
    ['ends later by a nanosecond, though it started earlier', { startedAt: START - 9n, durationNs: 11n }, { durationNs: 1n }],
    ['says more', { weight: 2 }, { weight: 1, hashHi: 9 }],
    ['has the larger hash', { hashHi: 2, hashLo: 0 }, { hashHi: 1, hashLo: 9 }],
    ['has the larger hash in its last word', { hashLo: 2 }, { hashLo: 1 }],
  ])('%s', (_name, winner, loser) => {
    expect(compareVersions(makeDraft(winner), makeDraft(loser))).toBeGreaterThan(0);
    expect(compareVersions(makeDraft(loser), makeDraft(winner))).toBeLessThan(0);
  });

  const version = fc
    .record({
      hasEnd: fc.boolean(),
      durationNs: fc.bigInt(0n, 2n),
      weight: fc.nat(2),
      hashHi: fc.constantFrom(0, 1, 0xffffffff),
      hashLo: fc.constantFrom(0, 1, 0xffffffff),
    })
    .map(makeDraft);

  it('is the same whichever way round they are compared, and among three', () => {
    const check = (a: Draft, b: Draft, c: Draft): void => {
      const sign = (x: Draft, y: Draft): number => Math.sign(compareVersions(x, y));
      expect(sign(a, b) + sign(b, a)).toBe(0);
      if (sign(a, b) >= 0 && sign(b, c) >= 0) expect(sign(a, c)).toBeGreaterThanOrEqual(0);
    };
    fc.assert(fc.property(version, version, version, check), { numRuns: 1000 });
  });
});

/** The draft of a span as it is sent. */
function interpreted(span: SpanInput, now = 1_795_341_600_000): Draft {
  const interpreter = new Interpreter();
  const decoded = decodeTraces(requestOf(spanMessage({ traceId: TRACE, ...span })), interpreter.keys, interpreter.names);
  return interpreter.interpret(decoded, new Texts(), now).drafts[0]!;
}

describe('two versions are told apart', () => {
  it.each<[string, SpanInput, SpanInput]>([
    ['by a start that differs by a nanosecond', { start: START, end: START + 5n }, { start: START + 1n, end: START + 5n }],
    ['by the order of their messages', said('[{"role":"a"},{"role":"b"}]'), said('[{"role":"b"},{"role":"a"}]')],
    ['by the type of a value', { attributes: { k: '1' } }, { attributes: { k: 1n } }],
    ['by which of two keys has which value', { attributes: { a: 'x', b: 'y' } }, { attributes: { a: 'y', b: 'x' } }],
    ['by their status', { status: { code: 1 } }, { status: { code: 2 } }],
    ['by an event', { events: [{ name: 'a' }] }, { events: [{ name: 'b' }] }],
  ])('%s', (_name, a, b) => expect(compareVersions(interpreted(a), interpreted(b))).not.toBe(0));

  it('not by the order of their attributes', () => {
    const [a, b] = [interpreted({ attributes: { a: 'x', b: 'y' } }), interpreted({ attributes: { b: 'y', a: 'x' } })];
    expect(compareVersions(a, b)).toBe(0);
  });
});

function said(messages: string): SpanInput {
  return { attributes: { 'gen_ai.input.messages': messages } };
}

describe('a span without a usable time, which gets the time of arrival', () => {
  const drafts = (name: string, now: number): Draft => interpreted({ name, start: 0n, end: 1n }, now);

  it('is the same version when it is sent again later', () => {
    expect(compareVersions(drafts('a', 1_795_341_600_000), drafts('a', 1_795_341_700_000))).toBe(0);
  });

  it('has a winner among two versions that does not depend on which came first', () => {
    const sign = (nowA: number, nowB: number): number => Math.sign(compareVersions(drafts('a', nowA), drafts('b', nowB)));
    expect(sign(1_795_341_600_000, 1_795_341_700_000)).toBe(sign(1_795_341_700_000, 1_795_341_600_000));
  });
});
