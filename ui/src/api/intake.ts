import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Balance } from '../../../query/contract/index.ts';
import { intervalFor, type Range } from '../url/range.ts';
import { request, send } from './client.ts';
import { rangeParams } from './params.ts';

/** Readable bars on the width of a page. */
const BARS = 96;

/** Seconds that a bucket of the intake covers in this range. */
export const intakeInterval = (range: Range): number => intervalFor(range, BARS);

/** What was received in a range, by the minute it arrived in, and what became of it. */
export function balanceQuery(range: Range) {
  const interval = intakeInterval(range);
  return queryOptions({
    queryKey: ['analytics', 'balance', range],
    queryFn: ({ signal }) => request<Balance>('/api/ingest', { query: { ...rangeParams(range), interval }, signal }),
    placeholderData: keepPreviousData,
  });
}

/** Figures of the server at this moment, by name. */
export type Gauges = ReadonlyMap<string, number>;

const PLAIN = /^([a-zA-Z_:][\w:]*) (\S+)$/;

/** The figures without labels in a text of Prometheus. */
export function parseGauges(text: string): Gauges {
  const gauges = new Map<string, number>();
  for (const line of text.split('\n')) {
    const match = PLAIN.exec(line);
    const value = Number(match?.[2]);
    if (match?.[1] !== undefined && Number.isFinite(value)) gauges.set(match[1], value);
  }
  return gauges;
}

/** What the server says of itself. */
export function gaugesQuery() {
  return queryOptions({
    queryKey: ['gauges'],
    queryFn: async ({ signal }) => {
      const response = await send('/metrics', { signal });
      if (!response.ok) throw new Error(`The server answered ${response.status}.`);
      return parseGauges(await response.text());
    },
  });
}
