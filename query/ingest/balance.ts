import { z } from 'zod';
import { gridOf, INTERVALS, slotStart } from '../analytics/range.ts';
import type { Context } from '../context.ts';
import type { Balance } from '../contract/index.ts';
import { runFilters } from '../http/params.ts';
import { sql } from '../sql.ts';
import { type Figure, instant, storedTime } from '../values.ts';

const BALANCE = sql('ingest/balance');
const OVER_TIME = sql('ingest/over-time');
const SET_ASIDE = sql('ingest/set-aside');

/** The balance is kept by minute. */
const MINUTE = 60;
/** A day of minutes of three signals. */
const MOST_BUCKETS = 4320;

export const balanceQuery = z.strictObject({
  from: runFilters.shape.from.describe('Received in this minute or later. Without it: since the beginning.'),
  to: runFilters.shape.to.describe('Received before this minute. Without it: until now.'),
  interval: z
    .enum(INTERVALS.filter((seconds) => seconds >= MINUTE).map(String))
    .default(String(MINUTE))
    .transform(Number)
    .describe(`Seconds a bucket covers. The newest ${MOST_BUCKETS} buckets are answered at most.`),
});

interface Row {
  signal: string;
  all_received: Figure;
  all_booked: Figure;
  all_duplicate: Figure;
  all_rejected: Figure;
}

type Reasons = Readonly<Record<string, Figure>>;

/** The books of the receiver: what came in, and what became of it. */
export async function readBalance(context: Context, { from, to, interval }: z.output<typeof balanceQuery>): Promise<Balance> {
  const bound = {
    project: context.project,
    since: from?.slice(0, 19) ?? '1970-01-01 00:00:00',
    until: to?.slice(0, 19) ?? '2105-12-31 00:00:00',
  };
  const grid = gridOf(interval);
  const [signals, slots, aside] = await Promise.all([
    context.store.query<Row & { all_reasons: Reasons }>(BALANCE, bound),
    context.store.query<Row & { slot: Figure }>(OVER_TIME, { ...bound, ...grid, most: MOST_BUCKETS }),
    context.store.query<{ all_spans: Figure }>(SET_ASIDE, bound),
  ]);
  const sums = together(signals.map(figures));
  return {
    ...sums,
    balanced: sums.received === sums.booked + sums.duplicate + sums.rejected,
    setAside: Number(aside[0]?.all_spans ?? 0),
    reasons: reasonsOf(...signals.map(({ all_reasons }) => all_reasons)),
    signals: signals.map((row) => ({ signal: row.signal, ...figures(row), reasons: reasonsOf(row.all_reasons) })),
    interval,
    buckets: slots
      .map((row) => ({ start: instant(storedTime(slotStart(grid, Number(row.slot)))), signal: row.signal, ...figures(row) }))
      .reverse(),
  };
}

interface Figures {
  received: number;
  booked: number;
  duplicate: number;
  rejected: number;
}

function figures(row: Row): Figures {
  return {
    received: Number(row.all_received),
    booked: Number(row.all_booked),
    duplicate: Number(row.all_duplicate),
    rejected: Number(row.all_rejected),
  };
}

function together(parts: readonly Figures[]): Figures {
  const sum = (name: keyof Figures) => parts.reduce((total, part) => total + part[name], 0);
  return { received: sum('received'), booked: sum('booked'), duplicate: sum('duplicate'), rejected: sum('rejected') };
}

/** Counts by reason, most frequent first. */
function reasonsOf(...maps: readonly Reasons[]): Balance['reasons'] {
  const counts = new Map<string, number>();
  for (const [reason, count] of maps.flatMap((map) => Object.entries(map))) counts.set(reason, (counts.get(reason) ?? 0) + Number(count));
  return [...counts]
    .map(([reason, count]) => ({ reason, count }))
    .filter(({ count }) => count !== 0)
    .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
}
