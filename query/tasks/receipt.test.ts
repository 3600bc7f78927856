import { findPrice, picoToUsd, priceCall, usdToPico } from '@ai-runs/pricing';
import { describe, expect, it } from 'vitest';
import type { Task } from '../contract/index.ts';
import { nanos } from '../values.ts';
import { receiptOf } from './receipt.ts';

const tokens = { input: 1000, output: 100, cacheRead: 200, cacheWrite: null, reasoning: 10, total: 1100 };
const task = (over: Partial<Task> = {}): Task => ({
  taskId: '1'.repeat(16),
  parentTaskId: null,
  traceId: '1'.repeat(32),
  runId: 'r',
  kind: 'llm',
  name: 'chat',
  status: 'completed',
  startedAt: '2026-11-20T10:00:00Z',
  endedAt: '2026-11-20T10:00:01Z',
  durationMs: 1000,
  ttftMs: null,
  model: 'gpt-4o-mini',
  requestModel: 'gpt-4o-mini',
  provider: 'openai',
  tokens,
  cost: null,
  counted: true,
  notCountedBecause: null,
  error: null,
  ...over,
});
const price = findPrice('openai', 'gpt-4o-mini', nanos('2026-11-20 10:00:00'))!;
const priced = picoToUsd(priceCall(tokens, price).pico!);
const booked = { reported: null, priced, priceId: price.priceId };

describe('a receipt', () => {
  it('has lines that come to what was booked', () => {
    const receipt = receiptOf(task(), booked);
    expect(receipt.lines.map((line) => [line.tokenType, line.tokens])).toEqual([
      ['input', 800],
      ['cache_read', 200],
      ['output', 100],
    ]);
    expect(picoToUsd(receipt.lines.reduce((sum, line) => sum + usdToPico(line.amount)!, 0n))).toBe(priced);
    expect(receipt).toMatchObject({ source: 'priced', reason: null, priced, booked: priced, reported: null, difference: null });
    expect(receipt.priceSource).toContain('genai-prices');
  });

  it('books what the sender reported and shows what it differs by', () => {
    const receipt = receiptOf(task(), { ...booked, reported: '0.0001' });
    expect(receipt).toMatchObject({ source: 'reported', reported: '0.0001', booked: '0.0001', priced, reason: null });
    expect(usdToPico('0.0001')! - usdToPico(priced)!).toBe(
      receipt.difference?.startsWith('-') ? -usdToPico(receipt.difference.slice(1))! : usdToPico(receipt.difference!)!,
    );
  });

  it.each<[string, Partial<Task>, Parameters<typeof receiptOf>[1], string]>([
    ['lines that do not add up', {}, { ...booked, priced: '1' }, 'which is not what was booked'],
    ['a price nobody knows any more', {}, { ...booked, priceId: 'gone' }, 'not known any more'],
    [
      'no usage',
      { tokens: { ...tokens, input: null, output: null } },
      { reported: null, priced: null, priceId: '' },
      'no usage was reported',
    ],
    [
      'no price',
      { model: 'homemade-1', requestModel: 'homemade-1', provider: 'acme' },
      { reported: null, priced: null, priceId: '' },
      'no price for homemade-1 from acme',
    ],
    ['no model', { model: null, requestModel: null }, { reported: null, priced: null, priceId: '' }, 'names no model'],
    [
      'half of the usage',
      { tokens: { ...tokens, output: null } },
      { reported: null, priced: null, priceId: '' },
      'the output tokens were not reported',
    ],
    ['a twin that counts', { counted: false, notCountedBecause: 'same_call_inner' }, booked, 'not counted: the span inside it'],
  ])('gives the reason: %s', (_name, over, amounts, reason) => expect(receiptOf(task(over), amounts).reason).toContain(reason));

  it('books nothing for a span that is not counted', () =>
    expect(receiptOf(task({ counted: false, notCountedBecause: 'usage_below' }), booked)).toMatchObject({ booked: null, priced }));
});
