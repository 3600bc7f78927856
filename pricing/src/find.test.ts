import { calcPrice } from '@pydantic/genai-prices';
import { describe, expect, it } from 'vitest';
import { costOf } from './cost.ts';
import { findPrice } from './find.ts';
import { listedProviders, listVersion } from './generated/rates.ts';
import { picoToUsd } from './money.ts';
import type { Price } from './price.ts';
import { rateToUsdPerMillion } from './rate.ts';

const ns = (instant: string): bigint => BigInt(Date.parse(instant)) * 1_000_000n;
const NOW = ns('2026-11-01T12:00:00Z');
const usd = (rate: bigint | null | undefined): string | null => (rate == null ? null : rateToUsdPerMillion(rate));
/** The first band as text: input, cache read, cache write, output. */
const ratesOf = (price: Price | null): (string | null)[] | null =>
  price && [price.rates[0].input, price.rates[0].cacheRead, price.rates[0].cacheWrite, price.rates[0].output].map(usd);

describe('findPrice', () => {
  it.each([
    ['openai', 'gpt-4o-mini', ['0.15', '0.075', null, '0.6']],
    ['openai', 'gpt-4o-mini-2024-07-18', ['0.15', '0.075', null, '0.6']],
    ['openai', 'gpt-4o', ['2.5', '1.25', null, '10']],
    ['openai', 'gpt-4o-2024-05-13', ['5', null, null, '15']],
    ['openai', 'text-embedding-3-small', ['0.02', null, null, null]],
    ['anthropic', 'claude-sonnet-4-5-20250929', ['3', '0.3', '3.75', '15']],
    ['gcp.gemini', 'gemini-2.5-pro', ['1.25', '0.125', null, '10']],
    ['gcp.gemini', 'models/gemini-2.5-pro', ['1.25', '0.125', null, '10']],
    ['gcp.vertex_ai', 'publishers/google/models/gemini-2.5-flash', ['0.3', '0.03', null, '2.5']],
    ['aws.bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', ['3.3', '0.33', '4.125', '16.5']],
    [
      'aws.bedrock',
      'arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0',
      ['3.3', '0.33', '4.125', '16.5'],
    ],
    ['azure.ai.openai', 'gpt-4o-2024-08-06', ['2.5', '1.25', null, '10']],
    ['azure.chat', 'gpt-4o-2024-08-06', ['2.5', '1.25', null, '10']],
    ['azure-openai.responses', 'gpt-4o-2024-08-06', ['2.5', '1.25', null, '10']],
    ['azure.ai.inference', 'phi-4', ['0.07', null, null, '0.14']],
    ['x_ai', 'grok-3', ['3', '0.75', null, '15']],
    ['mistral_ai', 'mistral-large-latest', ['2', null, null, '6']],
    ['deepseek', 'deepseek-v3.2', ['0.2288', null, null, '0.3432']],
    ['groq', 'llama-3.1-8b-instant', ['0.05', null, null, '0.08']],
    ['cohere', 'command-r', ['0.15', null, null, '0.6']],
    ['moonshot_ai', 'kimi-k2-turbo-preview', ['1.15', '0.15', null, '8']],
    ['openrouter', 'openai/gpt-4o', ['2.5', null, null, '10']],
    ['OpenAI', ' GPT-4o ', ['2.5', '1.25', null, '10']],
    ['openai.responses', 'gpt-4o', ['2.5', '1.25', null, '10']],
  ])('%s %s', (provider, model, rates) => expect(ratesOf(findPrice(provider, model, NOW))).toEqual(rates));

  it.each([
    ['', 'gpt-4o-mini', 'openai'],
    ['', 'openai/gpt-4o-mini', 'openai'],
    ['', 'o3-mini', 'openai'],
    ['', 'text-embedding-ada-002', 'openai'],
    ['', 'claude-opus-4-1', 'anthropic'],
    ['langchain', 'gemini-2.5-flash', 'google'],
    ['', 'grok-4.3', 'x-ai'],
    ['litellm', 'groq/llama-3.1-8b-instant', 'groq'],
    ['litellm', 'gpt-4o', 'openai'],
  ])('%j %s is sold by %s', (provider, model, seller) => expect(findPrice(provider, model, NOW)?.provider).toBe(seller));

  it.each([
    ['openai', 'gpt-never-heard-of'],
    ['openai', 'my-own-finetune'],
    ['vllm', 'gpt-4o'],
    ['ollama', 'deepseek-r1:7b'],
    ['lm_studio.chat', 'claude-sonnet-4-5'],
    ['ibm.watsonx.ai', 'granite-3'],
    ['aws.sagemaker', 'anthropic.claude-sonnet-4-5-20250929-v1:0'],
    ['', 'deepseek-r1'],
    ['', 'mistral-7b-instruct'],
    ['', 'gpt-oss-120b'],
    ['', 'llama-3.1-8b-instant'],
    ['', 'azure/gpt-4o'],
    ['', 'someone/gpt-4o'],
    ['litellm', 'nobody/gpt-4o'],
    ['', ''],
    ['constructor', 'gpt-4o'],
    ['cerebras', 'qwen-3-coder-480b'],
    ['openai', 'whisper-1'],
    ['openai', 'g'.repeat(300)],
  ])('%j %s has no list price', (provider, model) => expect(findPrice(provider, model, NOW)).toBeNull());

  it.each([
    ['2026-03-12T23:59:59.999Z', null, 2],
    ['2026-03-13T00:00:00Z', '2026-03-13', 1],
    ['1960-01-01T00:00:00Z', null, 2],
  ])('claude-sonnet-4-6 at %s', (at, validFrom, bands) => {
    const price = findPrice('anthropic', 'claude-sonnet-4-6', ns(at));
    expect([price?.validFrom, price?.rates.length, price?.source]).toEqual([validFrom, bands, `@pydantic/genai-prices ${listVersion}`]);
  });

  it.each([
    ['deepseek-chat', '2025-07-01T00:29:59.999999Z', '0.135'],
    ['deepseek-chat', '2025-07-01T00:30:00Z', '0.27'],
    ['deepseek-chat', '2025-07-01T16:30:00Z', '0.135'],
    ['deepseek-chat', '1969-12-31T12:00:00Z', '0.27'],
    ['deepseek-v4-pro', '2026-08-17T02:00:00Z', '1.32'],
    ['deepseek-v4-pro', '2026-08-17T05:00:00Z', '0.66'],
    ['deepseek-v4-pro', '2026-08-16T02:00:00Z', '0.435'],
  ])('the hour of the day counts: %s at %s', (model, at, input) => {
    expect(usd(findPrice('deepseek', model, ns(at))?.rates[0].input)).toBe(input);
  });

  it('answers the same after thousands of other names', () => {
    const before = findPrice('openai', 'gpt-4o', NOW);
    for (let i = 0; i < 10_001; i++) findPrice('vllm', `model-${i}`, NOW);
    expect(findPrice('openai', 'gpt-4o', NOW)).toEqual(before);
  });

  it('finds and computes what the list itself does, for every model name the list spells out', () => {
    const usage = { input: 300_000, cacheRead: 1000, cacheWrite: 500, output: 700, reasoning: null };
    const theirUsage = { input_tokens: 300_000, cache_read_tokens: 1000, cache_write_tokens: 500, output_tokens: 700 };
    let compared = 0;
    for (const { id: provider, models } of listedProviders) {
      for (const { id: model, match } of models) {
        if (!JSON.stringify(match).includes(`"equals":"${model.toLowerCase()}"`)) continue;
        const ours = findPrice(provider, model, NOW);
        const theirs = calcPrice(theirUsage, model, { providerId: provider, timestamp: new Date(Number(NOW / 1_000_000n)) });
        const tokensPriced = theirs?.model_price.input_mtok !== undefined || model.endsWith(':free');
        expect([provider, model, ours !== null]).toEqual([provider, model, tokensPriced]);
        if (!ours || !theirs || ours.fee) continue;
        expect([ours.provider, ours.model]).toEqual([theirs.provider.id, theirs.model.id]);
        expect(Number(picoToUsd(costOf(usage, ours) ?? -1n)) / theirs.total_price || 1, model).toBeCloseTo(1, 9);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(1000);
  });
});
