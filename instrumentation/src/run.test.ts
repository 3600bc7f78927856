import { context, propagation, ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Recorder } from '../testing/recorder.ts';
import { run } from './run.ts';
import { task } from './task.ts';

let recorder: Recorder;
beforeEach(() => {
  recorder = new Recorder();
});
afterEach(() => recorder.stop());

const foreignSpan = (name: string, attributes = {}) => trace.getTracer('somebody-else').startSpan(name, { attributes }).end();

describe('run', () => {
  it('is the root of a trace and says what it is', async () => {
    const options = {
      feature: 'prompt',
      sourceId: 'p-7',
      runId: 'r-1',
      userId: 'u-1',
      sessionId: 's-1',
      tags: ['a', 'b'],
      variables: { city: 'Rome' },
      settings: { temperature: 0.2 },
    } as const;
    const handle = run('Plan a trip', options, (it) => it);
    const span = (await recorder.spans())['Plan a trip']!;
    expect(span.parentSpanContext).toBeUndefined();
    expect(span.attributes).toEqual({
      'airuns.run.id': 'r-1',
      'airuns.run.name': 'Plan a trip',
      'airuns.feature': 'prompt',
      'airuns.source.id': 'p-7',
      'user.id': 'u-1',
      'session.id': 's-1',
      'airuns.tags': ['a', 'b'],
      'airuns.run.variables': '{"city":"Rome"}',
      'airuns.run.settings': '{"temperature":0.2}',
    });
    expect(handle).toMatchObject({ runId: 'r-1', ...pick(span.spanContext()) });
  });

  it('makes up an id that sorts by time', async () => {
    const first = run('one', (it) => it.runId);
    const second = run('two', (it) => it.runId);
    expect(first).toMatch(/^[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
    expect(second.slice(0, 12) >= first.slice(0, 12)).toBe(true);
    expect((await recorder.spans()).one?.attributes['airuns.run.id']).toBe(first);
  });

  it('announces itself with a marker before it ends', async () => {
    let announced: Awaited<ReturnType<Recorder['all']>> = [];
    const handle = await run('Plan a trip', { feature: 'chat', tags: ['x'] }, async (it) => {
      announced = await recorder.all();
      return it;
    });
    expect(announced).toHaveLength(1);
    const span = (await recorder.spans())['Plan a trip']!;
    const marker = announced[0]!;
    expect(marker.attributes).toEqual({ ...span.attributes, 'airuns.live': 'start' });
    expect(marker.links[0]?.context.spanId).toBe(handle.spanId);
    expect(marker.spanContext().traceId).toBe(handle.traceId);
    expect(marker.spanContext().spanId).not.toBe(handle.spanId);
    expect(marker.duration).toEqual([0, 0]);
    expect(marker.startTime).toEqual(span.startTime);
  });

  it('gives a sign of life every half minute, as long as it is open', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      await run('long', { runId: 'r' }, async () => vi.advanceTimersByTime(70_000));
      vi.advanceTimersByTime(70_000);
    } finally {
      vi.useRealTimers();
    }
    const { long } = await recorder.spans();
    const markers = (await recorder.all()).filter((span) => 'airuns.live' in span.attributes);
    expect(markers.map((marker) => marker.attributes['airuns.live'])).toEqual(['start', 'heartbeat', 'heartbeat']);
    expect(markers.map((marker) => marker.links[0]?.context.spanId)).toEqual(Array(3).fill(long?.spanContext().spanId));
    expect(new Set(markers.map((marker) => marker.attributes['airuns.run.id']))).toEqual(new Set(['r']));
  });

  it('stops giving signs of life for a run that nobody ends', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
    try {
      await run('forgotten', { runId: 'f' }, async () => {
        vi.advanceTimersByTime(7 * 60 * 60 * 1000);
        expect(vi.getTimerCount()).toBe(0);
      });
    } finally {
      vi.useRealTimers();
    }
    const beats = (await recorder.all()).filter((span) => span.attributes['airuns.live'] === 'heartbeat');
    expect(beats).toHaveLength(6 * 120 - 1);
  });

  it('stamps every span below it, also those of others, and leaves what they say themselves', async () => {
    await run('outer', { feature: 'chat', sourceId: 'chat', userId: 'u', sessionId: 's', runId: 'r' }, async () => {
      await Promise.resolve();
      foreignSpan('http');
      task('step', () => foreignSpan('deep', { 'user.id': 'their-own' }));
    });
    foreignSpan('outside');
    const { http, deep, outside } = await recorder.spans();
    const stamp = { 'airuns.run.id': 'r', 'airuns.feature': 'chat', 'airuns.source.id': 'chat', 'user.id': 'u', 'session.id': 's' };
    expect(http?.attributes).toEqual(stamp);
    expect(deep?.attributes).toEqual({ ...stamp, 'user.id': 'their-own' });
    expect(outside?.attributes).toEqual({});
  });

  it('reaches the spans of another service through baggage', async () => {
    const headers: Record<string, string> = {};
    run('outer', { feature: 'workflow', runId: 'r', userId: 'Zoë, 1' }, () => propagation.inject(context.active(), headers));
    const there = propagation.extract(ROOT_CONTEXT, headers);
    context.with(there, () => foreignSpan('remote'));
    const handle = context.with(there, () => run('also remote', { feature: 'chat' }, (it) => it));
    const { remote, 'also remote': joined } = await recorder.spans();
    expect(remote?.attributes).toEqual({ 'airuns.run.id': 'r', 'airuns.feature': 'workflow', 'user.id': 'Zoë, 1' });
    expect(handle.runId).toBe('r');
    expect(joined?.attributes['airuns.feature']).toBe('workflow');
  });

  it('inside another run becomes a step of it, unless it has an id of its own', async () => {
    run('outer', { feature: 'workflow', runId: 'r' }, () => {
      run('step', { feature: 'applet', sourceId: 'a', userId: 'u' }, () => foreignSpan('below step'));
      run('guest', { feature: 'applet', runId: 'r2' }, () => foreignSpan('below guest'));
    });
    const spans = await recorder.spans();
    expect(spans.step?.attributes).toEqual({ 'airuns.run.id': 'r', 'airuns.feature': 'workflow', 'user.id': 'u' });
    expect(spans.step?.parentSpanContext?.spanId).toBe(spans.outer?.spanContext().spanId);
    expect(spans['below step']?.attributes['airuns.run.id']).toBe('r');
    expect(spans['below guest']?.attributes).toEqual({ 'airuns.run.id': 'r2', 'airuns.feature': 'applet' });
    const markers = (await recorder.all()).filter((span) => 'airuns.live' in span.attributes);
    expect(markers.map((marker) => marker.name)).toEqual(['outer', 'guest']);
  });

  it('continues a run in a new trace when given its id', async () => {
    const first = run('Monday', { runId: 'r' }, (it) => it);
    const second = run('Tuesday', { runId: first.runId }, (it) => it);
    expect(second.runId).toBe('r');
    expect(second.traceId).not.toBe(first.traceId);
  });

  it('fails with its error, and is cancelled by an abort', async () => {
    const boom = new TypeError('boom');
    expect(() =>
      run('broken', () => {
        throw boom;
      }),
    ).toThrow(boom);
    const abort = run('stopped', () => Promise.reject(new DOMException('enough', 'AbortError')));
    await expect(abort).rejects.toThrow('enough');
    const { broken, stopped } = await recorder.spans();
    expect(broken?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'boom' });
    expect(broken?.attributes['error.type']).toBe('TypeError');
    expect(stopped?.status.code).toBe(SpanStatusCode.UNSET);
    expect(stopped?.attributes['airuns.status']).toBe('cancelled');
  });

  it('keeps names and settings but no variables when content is not captured', async () => {
    await recorder.stop();
    recorder = new Recorder({ captureContent: 'metadata' });
    run('quiet', { variables: { secret: 1 }, settings: { temperature: 1 } }, () => {});
    const { quiet } = await recorder.spans();
    expect(quiet?.attributes).not.toHaveProperty(['airuns.run.variables']);
    expect(quiet?.attributes['airuns.run.settings']).toBe('{"temperature":1}');
  });
});

describe('defaults', () => {
  it('fill what a run leaves open, and stamp spans outside any run', async () => {
    await recorder.stop();
    recorder = new Recorder({ defaults: { feature: 'chat', sourceId: 'main', userId: 'u' } });
    run('plain', () => {});
    run('other', { feature: 'prompt' }, () => {});
    foreignSpan('lone call');
    const { plain, other, 'lone call': lone } = await recorder.spans();
    expect(plain?.attributes).toMatchObject({ 'airuns.feature': 'chat', 'airuns.source.id': 'main', 'user.id': 'u' });
    expect(other?.attributes).not.toHaveProperty(['airuns.source.id']);
    expect(lone?.attributes).toEqual({ 'airuns.feature': 'chat', 'airuns.source.id': 'main', 'user.id': 'u' });
  });
});

function pick({ traceId, spanId }: { traceId: string; spanId: string }) {
  return { traceId, spanId };
}
