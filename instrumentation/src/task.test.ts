import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Recorder } from '../testing/recorder.ts';
import { activeTask, recordUsage } from './active-task.ts';
import { run } from './run.ts';
import { task } from './task.ts';

let recorder: Recorder;
beforeEach(() => {
  recorder = new Recorder();
});
afterEach(() => recorder.stop());

const text = (role: string, content: string) => ({ role, parts: [{ type: 'text', content }] });

describe('task', () => {
  it('writes a model call the OpenTelemetry way', async () => {
    const parameters = { temperature: 0.2, max_tokens: 50, seed: undefined };
    const options = { kind: 'llm', provider: 'openai', model: 'gpt-4o-mini', input: 'Hi', tools: [{ name: 'clock' }], parameters } as const;
    await run('r', () =>
      task('chat gpt-4o-mini', options, async (it) => {
        it.recordUsage({ input: 100, output: 20, cacheRead: 60, cacheWrite: 5, reasoning: 7, costUsd: '0.0000345' });
        it.setResponse({ id: 'c-1', model: 'gpt-4o-mini-2024-07-18', finishReasons: ['stop'] });
        it.setOutput('Hello');
      }),
    );
    const spans = await recorder.spans();
    const span = spans['chat gpt-4o-mini']!;
    expect(span.kind).toBe(SpanKind.CLIENT);
    expect(span.parentSpanContext?.spanId).toBe(spans.r?.spanContext().spanId);
    expect(span.attributes).toEqual({
      'airuns.run.id': spans.r?.attributes['airuns.run.id'],
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o-mini',
      'gen_ai.request.temperature': 0.2,
      'gen_ai.request.max_tokens': 50,
      'gen_ai.tool.definitions': '[{"name":"clock"}]',
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.output_tokens': 20,
      'gen_ai.usage.cache_read.input_tokens': 60,
      'gen_ai.usage.cache_creation.input_tokens': 5,
      'gen_ai.usage.reasoning.output_tokens': 7,
      'airuns.cost.usd': '0.0000345',
      'gen_ai.response.id': 'c-1',
      'gen_ai.response.model': 'gpt-4o-mini-2024-07-18',
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.input.messages': JSON.stringify([text('user', 'Hi')]),
      'gen_ai.output.messages': JSON.stringify([text('assistant', 'Hello')]),
    });
  });

  it.each([
    [
      'tool',
      { city: 'Rome' },
      'sunny',
      { 'gen_ai.tool.name': 'x', 'gen_ai.tool.call.arguments': '{"city":"Rome"}', 'gen_ai.tool.call.result': 'sunny' },
    ],
    ['retrieval', 'cats', [{ id: 1 }], { 'gen_ai.retrieval.query.text': 'cats', 'gen_ai.retrieval.documents': '[{"id":1}]' }],
    ['agent', 'go', 'done', { 'gen_ai.agent.name': 'x', 'gen_ai.output.messages': JSON.stringify([text('assistant', 'done')]) }],
    ['step', 1n, { b: 2 }, { 'input.value': '"1"', 'output.value': '{"b":2}' }],
    [
      'embedding',
      'cats',
      [0.1, 0.2],
      { 'gen_ai.operation.name': 'embeddings', 'gen_ai.input.messages': JSON.stringify([text('user', 'cats')]) },
    ],
  ] as const)('writes the input and output of kind %s where they belong', async (kind, input, output, want) => {
    task('x', { kind, input }, (it) => it.setOutput(output));
    expect((await recorder.spans()).x?.attributes).toMatchObject(want);
  });

  it('without options is a step', async () => {
    task('x', () => {});
    expect((await recorder.spans()).x?.attributes).toEqual({ 'gen_ai.operation.name': 'workflow_step' });
  });

  it('of a kind that does not exist is recorded as a step, with all it says', async () => {
    expect(task('typo', { kind: 'chat' as 'llm' }, (it) => it.recordUsage({ input: 1000, output: 500 }) ?? 'done')).toBe('done');
    const { typo } = await recorder.spans();
    expect(typo?.attributes).toMatchObject({ 'gen_ai.operation.name': 'workflow_step', 'gen_ai.usage.input_tokens': 1000 });
  });

  it('is known to code without a handle', async () => {
    run('r', () => {
      expect(activeTask()).toBeUndefined();
      recordUsage({ input: 1 });
      task('outer', { kind: 'agent' }, () => {
        task('inner', { kind: 'llm' }, () => recordUsage({ input: 5 }));
        run('nested', () => expect(activeTask()).toBeUndefined());
      });
    });
    const { outer, inner } = await recorder.spans();
    expect(inner?.attributes['gen_ai.usage.input_tokens']).toBe(5);
    expect(outer?.attributes).not.toHaveProperty(['gen_ai.usage.input_tokens']);
  });

  it('measures the first token once, in seconds', async () => {
    await task('x', { kind: 'llm' }, async (it) => {
      it.firstToken();
      await new Promise((resolve) => setImmediate(resolve));
      it.firstToken();
    });
    const { x } = await recorder.spans();
    const seconds = x?.attributes['gen_ai.response.time_to_first_chunk'] as number;
    expect(seconds).toBeGreaterThanOrEqual(0);
    expect(seconds).toBeLessThan(x!.duration[0] + x!.duration[1] / 1e9);
  });

  it.each([
    [
      'an error with a status',
      Object.assign(new RangeError('slow down'), { status: 429 }),
      { 'error.type': 'RangeError', 'http.response.status_code': 429 },
    ],
    ['an error that only its class names', new (class QuotaError extends Error {})('slow down'), { 'error.type': 'QuotaError' }],
    ['a thrown string', 'slow down', { 'error.type': 'Error' }],
  ])('records %s', async (_name, error, want) => {
    await expect(task('x', () => Promise.reject(error))).rejects.toBe(error);
    const { x } = await recorder.spans();
    expect(x?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'slow down' });
    expect(x?.attributes).toMatchObject(want);
    expect(x?.events.map((event) => event.name)).toEqual(['exception']);
  });

  it('keeps the first verdict', async () => {
    task('failed', (it) => {
      it.fail(new Error('no'));
      it.cancel();
    });
    const thrower = () =>
      task('cancelled', (it) => {
        it.cancel('user left');
        throw new Error('late');
      });
    expect(thrower).toThrow('late');
    const { failed, cancelled } = await recorder.spans();
    expect(failed?.status.code).toBe(SpanStatusCode.ERROR);
    expect(failed?.attributes).not.toHaveProperty(['airuns.status']);
    expect(cancelled?.status.code).toBe(SpanStatusCode.UNSET);
    expect(cancelled?.attributes['airuns.status']).toBe('cancelled');
    expect(cancelled?.events[0]?.attributes).toEqual({ reason: 'user left' });
  });

  it('leaves out figures that are none, and records nothing of content when told not to', async () => {
    await recorder.stop();
    recorder = new Recorder({ captureContent: 'metadata' });
    task('x', { kind: 'llm', input: 'secret', tools: [{}] }, (it) => {
      it.recordUsage({ input: -1, output: Number.NaN, cacheRead: null, costUsd: '1e-5' });
      it.setOutput('secret');
    });
    expect((await recorder.spans()).x?.attributes).toEqual({ 'gen_ai.operation.name': 'chat' });
  });

  it.each([
    [1e-7, '0.0000001'],
    [0, '0'],
    [12, '12'],
    [0.1 + 0.2, '0.3'],
    [1e21, undefined],
    [-1, undefined],
  ])('writes a cost of %s as %s', async (costUsd, want) => {
    task('x', (it) => it.recordUsage({ costUsd }));
    expect((await recorder.spans()).x?.attributes['airuns.cost.usd']).toBe(want);
  });
});
