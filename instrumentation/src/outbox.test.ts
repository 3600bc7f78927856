import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import { Outbox } from './outbox.ts';

const span = () => ({}) as ReadableSpan;

describe('outbox', () => {
  it('knows what became of every span', () => {
    const log: string[] = [];
    const outbox = new Outbox(3, (line) => log.push(line));
    const spans = [span(), span(), span(), span()];
    expect(spans.map((it) => outbox.admit(it))).toEqual([true, true, true, false]);
    outbox.settle([spans[0]!]);
    outbox.settle([spans[1]!], new Error('no route'));
    expect(outbox.waiting()).toEqual([spans[2]]);
    expect(outbox.stats()).toEqual({ exported: 1, pending: 1, dropped: { queueFull: 1, exportFailed: 1 } });
  });

  it('logs the first drop at once, later ones together, each once', () => {
    const log: string[] = [];
    const outbox = new Outbox(0, (line) => log.push(line));
    for (let i = 0; i < 100; i++) outbox.admit(span());
    expect(log).toHaveLength(1);
    outbox.report();
    outbox.report();
    expect(log).toHaveLength(2);
    expect(log[1]).toContain('100 because the queue was full');
  });
});
