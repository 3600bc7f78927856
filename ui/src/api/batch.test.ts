import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { LiveEvent } from '../../../query/contract/index.ts';
import { createBatcher, type LiveBatch } from './batch.ts';

const event = (runId: string, type: LiveEvent['type'] = 'run.updated'): LiveEvent => ({
  type,
  runId,
  at: '2026-11-22T12:00:00Z',
  tasks: 1,
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('hands the first event on at once and gathers the rest', () => {
  const flushed: LiveBatch[] = [];
  const batcher = createBatcher(1000, (batch) => flushed.push(batch));
  batcher.add(event('a', 'run.started'));
  vi.advanceTimersByTime(1);
  expect(flushed).toEqual([{ runIds: new Set(['a']), started: 1 }]);
  batcher.add(event('a'));
  batcher.add(event('b', 'run.started'));
  batcher.add(event('b'));
  vi.advanceTimersByTime(500);
  expect(flushed).toHaveLength(1);
  vi.advanceTimersByTime(500);
  expect(flushed[1]).toEqual({ runIds: new Set(['a', 'b']), started: 1 });
});

it('is silent when nothing happens and after it was stopped', () => {
  const flush = vi.fn();
  const batcher = createBatcher(1000, flush);
  vi.advanceTimersByTime(5000);
  batcher.add(event('a'));
  batcher.stop();
  vi.advanceTimersByTime(5000);
  expect(flush).not.toHaveBeenCalled();
});
