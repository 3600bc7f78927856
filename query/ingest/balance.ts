import { z } from 'zod';
import type { Context } from '../context.ts';
import type { Balance } from '../contract/index.ts';
import { runFilters } from '../http/params.ts';
import { sql } from '../sql.ts';
import { type Figure, instant } from '../values.ts';

const BALANCE = sql('ingest/balance');
const PER_MINUTE = sql('ingest/per-minute');

/** A day of minutes. */
const MINUTES = 1440;

export const balanceQuery = z.strictObject({
  from: runFilters.shape.from.describe('Received in this minute or later. Without it: since the beginning.'),
  to: runFilters.shape.to.describe('Received before this minute. Without it: until now.'),
});

interface Row {
  all_received: Figure;
  all_booked: Figure;
  all_duplicate: Figure;
  all_rejected: Figure;
}

/** The books of the receiver: what came in, and what became of it. Minutes without traffic are left out. */
export async function readBalance(context: Context, query: z.output<typeof balanceQuery>): Promise<Balance> {
  const bound = {
    project: context.project,
    since: query.from?.slice(0, 19) ?? '1970-01-01 00:00:00',
    until: query.to?.slice(0, 19) ?? '2105-12-31 00:00:00',
  };
  const [[total], minutes] = await Promise.all([
    context.store.query<Row & { all_reasons: Record<string, Figure> }>(BALANCE, bound),
    context.store.query<Row & { at: string }>(PER_MINUTE, { ...bound, minutes: MINUTES }),
  ]);
  const sums = figures(total);
  return {
    ...sums,
    balanced: sums.received === sums.booked + sums.duplicate + sums.rejected,
    reasons: Object.entries(total?.all_reasons ?? {})
      .map(([reason, count]) => ({ reason, count: Number(count) }))
      .filter(({ count }) => count !== 0)
      .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1)),
    perMinute: minutes.map((row) => ({ minute: instant(row.at), ...figures(row) })).reverse(),
  };
}

function figures(row: Row | undefined) {
  return {
    received: Number(row?.all_received ?? 0),
    booked: Number(row?.all_booked ?? 0),
    duplicate: Number(row?.all_duplicate ?? 0),
    rejected: Number(row?.all_rejected ?? 0),
  };
}
