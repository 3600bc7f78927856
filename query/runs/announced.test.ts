import { describe, expect, it } from 'vitest';
import type { RunFilters } from '../http/params.ts';
import { matchesAnnounced } from './announced.ts';
import type { AnnouncedRun } from './run.ts';

const run: AnnouncedRun = {
  runId: 'run-1',
  name: 'Weather in Paris',
  feature: 'chat',
  sourceId: null,
  userId: 'ada',
  sessionId: 's1',
  traceId: '0'.repeat(32),
  startedAt: '2026-11-22T12:00:00Z',
  lastSignalAt: '2026-11-22T12:00:05Z',
  tags: ['demo'],
  starred: true,
  archived: false,
};

describe('a run that is only announced', () => {
  it.each<[string, RunFilters, boolean]>([
    ['no filter', {}, true],
    ['its range', { from: '2026-11-22 12:00:00.000000000', to: '2026-11-22 12:00:00.000000001' }, true],
    ['a range before it', { to: '2026-11-22 12:00:00.000000000' }, false],
    ['its feature', { feature: ['prompt', 'chat'] }, true],
    ['another feature', { feature: ['prompt'] }, false],
    ['running', { status: ['running'] }, true],
    ['completed', { status: ['completed', 'failed'] }, false],
    ['its user', { user: ['ada'] }, true],
    ['no source', { source: [''] }, true],
    ['a source', { source: ['x'] }, false],
    ['words of its name', { q: 'PARIS' }, true],
    ['other words', { q: 'rome' }, false],
    ['a model, of which it has none yet', { model: ['m'] }, false],
    ['an amount, which is not known yet', { maxCost: '1' }, false],
    ['its length until now', { minDurationMs: 10_000 }, true],
    ['more than its length until now', { minDurationMs: 10_001 }, false],
    ['archived ones', { archived: true }, false],
    ['starred ones', { starred: true }, true],
    ['those not starred', { starred: false }, false],
    ['its tag', { tag: ['x', 'demo'] }, true],
    ['another tag', { tag: ['x'] }, false],
  ])('%s', (_name, filters, want) => expect(matchesAnnounced(run, filters, Date.parse('2026-11-22T12:00:10Z'))).toBe(want));
});
