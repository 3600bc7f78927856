import type { Dialect } from '../dialect.ts';

/** Our own names, for what OpenTelemetry has none for. */
export const airuns: Dialect = {
  name: 'airuns',
  sources: {
    runId: ['airuns.run.id'],
    feature: ['airuns.feature'],
    sourceId: ['airuns.source.id'],
    tags: ['airuns.tags'],
    status: ['airuns.status'],
    live: ['airuns.live'],
    cost: ['airuns.cost.usd'],
  },
  // A run that ends before its first task is a run all the same.
  kinds: [{ rank: 130, attribute: 'airuns.run.name', kinds: {}, otherwise: 'step' }],
  names: [{ rank: 0, attribute: 'airuns.run.name' }],
};
