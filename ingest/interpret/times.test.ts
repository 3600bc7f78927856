import { describe, expect, it } from 'vitest';
import { interpret } from '../../test/support/otlp-interpret.ts';
import type { Value } from '../../test/support/otlp-wire.ts';
import { Flag } from '../draft.ts';
import { clampTimes } from './times.ts';

const NOW_MS = 1_795_341_600_123;
const NOW = BigInt(NOW_MS) * 1_000_000n;
const T = 1_795_341_600_000_000_000n;
const FIRST = 946_684_800_000_000_000n;
const LAST = 4_102_444_800_000_000_000n;

describe('times that were sent', () => {
  it.each<[string, bigint, bigint, bigint, bigint, boolean, boolean]>([
    ['are kept', T, T + 5n, T, 5n, false, false],
    ['are kept without an end', T, 0n, T, 0n, false, false],
    ['are kept where nothing passed between', T, T, T, 0n, false, false],
    ['are kept at the first instant', FIRST, FIRST, FIRST, 0n, false, false],
    ['are kept at the last instant', LAST, LAST, LAST, 0n, false, false],
    ['an end before the start is no duration', T, T - 1n, T, 0n, true, false],
    ['an end far off is no duration', T, LAST + 1n, T, 0n, true, false],
    ['2^64 - 1 as end', T, 2n ** 64n - 1n, T, 0n, true, false],
    ['a start before 2000 becomes the end', FIRST - 1n, T, T, 0n, true, false],
    ['a start of zero becomes the end', 0n, T, T, 0n, true, false],
    ['a start in the year 2300 becomes the end', 10_413_792_000_000_000_000n, T, T, 0n, true, false],
    ['both zero become the arrival', 0n, 0n, NOW, 0n, true, true],
    ['both 2^63 become the arrival', 2n ** 63n, 2n ** 63n, NOW, 0n, true, true],
    ['milliseconds instead become the arrival', T / 1_000_000n, T / 1_000_000n + 5n, NOW, 0n, true, true],
    ['microseconds instead become the arrival', T / 1000n, T / 1000n + 5n, NOW, 0n, true, true],
    ['a start of zero without an end becomes the arrival', 0n, 0n, NOW, 0n, true, true],
  ])('%s', (_name, start, end, from, duration, anomaly, arrival) => {
    const times = clampTimes(start, end, NOW_MS);
    expect(times).toEqual({ start: from, duration, anomaly, arrival });
    expect(times.start + times.duration).toBeLessThan(2n ** 63n);
  });

  it('are flagged on the draft where they were changed', () => {
    expect(interpret({ start: T, end: T - 1n }).draft.flags & Flag.timeAnomaly).not.toBe(0);
    expect(interpret({ start: T, end: T + 1n }).draft.flags & Flag.timeAnomaly).toBe(0);
  });
});

describe('the time to the first token', () => {
  const ttft = (attribute: string, value: Value, end = T + 10_000_000_000n): bigint =>
    interpret({ start: T, end, attributes: { [attribute]: value } }).draft.ttftNs;

  it.each<[string, string, Value, bigint]>([
    ['in seconds', 'gen_ai.response.time_to_first_chunk', 0.25, 250_000_000n],
    ['in seconds as text', 'gen_ai.client.operation.time_to_first_chunk', '0.25', 250_000_000n],
    ['in milliseconds', 'ai.response.msToFirstChunk', 12.5, 12_500_000n],
    ['in milliseconds, whole', 'ai.stream.msToFirstChunk', 12n, 12_000_000n],
    ['as an instant', 'mastra.completion_start_time', new Date(Number(T / 1_000_000n) + 40).toISOString(), 40_000_000n],
    ['as an instant in quotes', 'mastra.completion_start_time', `"${new Date(Number(T / 1_000_000n) + 40).toISOString()}"`, 40_000_000n],
    ['before the start', 'mastra.completion_start_time', new Date(Number(T / 1_000_000n) - 1).toISOString(), 0n],
    ['after the end', 'gen_ai.response.time_to_first_chunk', 11, 0n],
    ['zero', 'ai.response.msToFirstChunk', 0n, 0n],
    ['negative', 'ai.response.msToFirstChunk', -5n, 0n],
    ['NaN', 'ai.response.msToFirstChunk', Number.NaN, 0n],
    ['beyond all measure', 'gen_ai.response.time_to_first_chunk', 1e300, 0n],
    ['words', 'gen_ai.response.time_to_first_chunk', 'soon', 0n],
    ['words for an instant', 'mastra.completion_start_time', 'soon', 0n],
  ])('%s', (_name, attribute, value, ns) => expect(ttft(attribute, value)).toBe(ns));

  it('beyond all measure is unknown while the span runs, too', () => {
    expect(ttft('gen_ai.response.time_to_first_chunk', 1e300, 0n)).toBe(0n);
  });
});
