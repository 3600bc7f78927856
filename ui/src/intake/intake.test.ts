import { describe, expect, it } from 'vitest';
import type { Balance } from '../../../query/contract/index.ts';
import { parseGauges } from '../api/intake.ts';
import { difference, intakeBars } from './buckets.ts';
import { factsOf, waiting } from './gauges.ts';
import { reasonGroups } from './reasons.ts';

const HOUR = 3_600_000;
const start = Date.UTC(2026, 10, 19, 12);
const bucket = (hour: number, signal: string, booked: number, rejected = 0) => ({
  start: new Date(start + hour * HOUR).toISOString(),
  signal,
  received: booked + rejected,
  booked,
  duplicate: 0,
  rejected,
});
const balance: Balance = {
  received: 18,
  booked: 16,
  duplicate: 0,
  rejected: 2,
  balanced: true,
  setAside: 0,
  reasons: [],
  signals: [],
  interval: 3600,
  buckets: [bucket(0, 'traces', 10, 2), bucket(0, 'logs', 5), bucket(2, 'traces', 1)],
};

describe('arrivals', () => {
  const range = { from: start + 1, to: start + 3 * HOUR };
  it('are a bar for every bucket, those without traffic too', () => {
    expect(intakeBars(balance, '', range)).toEqual([
      { start, booked: 15, duplicate: 0, rejected: 2 },
      { start: start + HOUR, booked: 0, duplicate: 0, rejected: 0 },
      { start: start + 2 * HOUR, booked: 1, duplicate: 0, rejected: 0 },
    ]);
  });
  it('are those of one signal', () => expect(intakeBars(balance, 'logs', range).map(({ booked }) => booked)).toEqual([5, 0, 0]));
  it('begin their weeks on Mondays, as the server does', () => {
    const weekly = { ...balance, interval: 604_800, buckets: [] };
    expect(intakeBars(weekly, '', { from: Date.UTC(2026, 10, 19), to: Date.UTC(2026, 10, 24) }).map((bar) => bar.start)).toEqual([
      Date.UTC(2026, 10, 16),
      Date.UTC(2026, 10, 23),
    ]);
  });
  it('leave nothing over while the books are right', () => {
    expect(difference(balance)).toBe(0);
    expect(difference({ ...balance, booked: 15 })).toBe(1);
  });
});

describe('reasons', () => {
  it('say what is missing apart from what never was a task, and keep those without words', () => {
    const reasons = ['marker', 'invalid_trace_id', 'moon_phase'].map((reason) => ({ reason, count: 1 }));
    const { rejected, keptOut, others } = reasonGroups({ reasons });
    expect([rejected, keptOut, others].map((rows) => rows.map(({ title }) => title))).toEqual([
      ['No valid trace id'],
      ['Signs of life'],
      ['moon phase'],
    ]);
  });
});

describe('gauges', () => {
  const text = [
    '# HELP airuns_journal_batches_queued Batches journaled and not yet in the store',
    '# TYPE airuns_journal_batches_queued gauge',
    'airuns_journal_batches_queued 3',
    'airuns_load_seconds 0.0909959490000001',
    'nodejs_gc_duration_seconds_sum{kind="minor"} 0.2',
    'airuns_journal_bytes_queued Nan',
  ].join('\n');
  it('are read from the text for Prometheus; what is not said is left out', () => {
    const gauges = parseGauges(text);
    expect([...gauges]).toEqual([
      ['airuns_journal_batches_queued', 3],
      ['airuns_load_seconds', 0.0909959490000001],
    ]);
    expect(factsOf(gauges).map(({ label, text: shown }) => [label, shown])).toEqual([
      ['Batches waiting', '3'],
      ['Last insert', '91 ms'],
    ]);
  });
  it('say what recounting found once something was recounted', () => {
    const said = (checked: number, wrong: number) =>
      factsOf(parseGauges(`airuns_scrub_checked_total ${checked}\nairuns_scrub_mismatch_total ${wrong}`)).map(({ text: shown, bad }) => [
        shown,
        bad,
      ]);
    expect(said(0, 0)).toEqual([['0', false]]);
    expect(said(24, 2)).toEqual([
      ['24', false],
      ['2', true],
    ]);
  });
  it('say whether something waits', () => {
    const gauges = parseGauges(text);
    expect([waiting(gauges), waiting(parseGauges(''))]).toEqual([true, false]);
  });
});
