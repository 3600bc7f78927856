import { trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { activeTask, recordUsage } from './active-task.ts';
import { run } from './run.ts';
import { task } from './task.ts';

describe('with nothing configured', () => {
  it('everything works, and nothing is recorded', async () => {
    const got = await run('r', { runId: 'mine' }, async (outer) => {
      const value = await task('t', { kind: 'llm', input: 'Hi' }, async (it) => {
        it.firstToken();
        it.recordUsage({ input: 1 });
        it.setOutput('x');
        it.fail(new Error('told'));
        recordUsage({ output: 1 });
        return 42;
      });
      return { value, runId: outer.runId, traceId: outer.traceId };
    });
    expect(got).toEqual({ value: 42, runId: 'mine', traceId: '0'.repeat(32) });
    expect(activeTask()).toBeUndefined();
  });

  it('a provider that throws does not reach the feature', () => {
    trace.setGlobalTracerProvider({
      getTracer: () => {
        throw new Error('broken provider');
      },
    });
    try {
      let calls = 0;
      const count = () => {
        calls += 1;
        return 'v';
      };
      expect(run('r', () => task('t', count))).toBe('v');
      expect(calls).toBe(1);
    } finally {
      trace.disable();
    }
  });

  it('input that cannot be written down does not, either', () => {
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    expect(run('r', { variables: loop }, () => task('t', { kind: 'tool', input: loop }, () => 1))).toBe(1);
  });
});
