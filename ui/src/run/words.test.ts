import { describe, expect, it } from 'vitest';
import type { Receipt, ReceiptLine, TaskDetail } from '../../../query/contract/index.ts';
import { makeTask } from '../testing/make.ts';
import { bookedName, cacheWords, finishOf, lineName, rateSource, sentence, speedOf } from './receipt-words.ts';
import { inView, isWhole, spanned, WHOLE, withEnd } from './viewport.ts';

const line = (tokenType: ReceiptLine['tokenType']): ReceiptLine => ({ tokenType, tokens: 1, rate: '3', amount: '0.000003' });
const receipt: Receipt = {
  lines: [],
  source: 'priced',
  reason: null,
  priceId: 'p',
  priceSource: 'Anthropic list price',
  priceValidFrom: '2025-09-29',
  reported: null,
  priced: null,
  difference: null,
  booked: null,
};
const detail = (over: Partial<TaskDetail>): TaskDetail =>
  ({
    ...makeTask(),
    input: null,
    output: null,
    messages: [],
    outputFrom: 0,
    attributes: {},
    events: [],
    links: [],
    receipt,
    notes: [],
    responseId: null,
    ...over,
  }) as TaskDetail;

describe('a receipt in words', () => {
  it('says uncached only where something was cached', () => {
    expect(lineName(line('input'), [line('input'), line('output')])).toBe('Input');
    expect(lineName(line('input'), [line('input'), line('cache_read')])).toBe('Input, not cached');
  });
  it('says what is in the books', () => {
    expect(bookedName({ ...receipt, source: 'reported' })).toBe('Booked: the reported amount');
    expect(bookedName({ ...receipt, source: 'unknown' })).toContain('unknown');
  });
  it('says where a rate is from', () => {
    expect(rateSource(receipt)).toBe('Rate: Anthropic list price, in force since 29 Sep 2025.');
    expect(rateSource({ ...receipt, priceValidFrom: null })).toBe('Rate: Anthropic list price.');
    expect(rateSource({ ...receipt, priceId: null })).toBeNull();
  });
  it('says how cached tokens entered', () => {
    const tokens = { ...makeTask().tokens, input: 3902, cacheRead: 2728 };
    expect(cacheWords({ tokens })).toContain('3,902 tokens, of which 2,728 came from the cache');
    expect(cacheWords(makeTask())).toBeNull();
  });
  it('begins a sentence', () => expect(sentence('no price was known')).toBe('No price was known.'));
});

describe('facts of a call', () => {
  it('has a speed after the first token', () => {
    expect(speedOf(detail({ durationMs: 3380, ttftMs: 910, tokens: { ...makeTask().tokens, output: 386 } }))).toBe('156 tokens/s');
    expect(speedOf(detail({ tokens: { ...makeTask().tokens, output: null } }))).toBeNull();
  });
  it('knows why the model stopped', () => {
    expect(finishOf(detail({ attributes: { 'gen_ai.response.finish_reasons': '["tool_use"]' } }))).toBe('tool_use');
    expect(finishOf(detail({}))).toBeNull();
  });
});

describe('what the lanes show', () => {
  it('is what was dragged over, or all of it', () => {
    expect(spanned(0.6, 0.2)).toEqual({ from: 0.2, to: 0.6 });
    expect(isWhole(spanned(0.3, 0.3005))).toBe(true);
  });
  it('never turns inside out', () => {
    expect(withEnd({ from: 0.2, to: 0.4 }, 'from', 0.9).from).toBeLessThan(0.4);
    expect(withEnd(WHOLE, 'to', 5)).toEqual(WHOLE);
  });
  it('places what is seen', () => expect(inView({ from: 0.2, to: 0.6 }, 0.4)).toBeCloseTo(0.5));
});
