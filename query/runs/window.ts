import type { Context } from '../context.ts';
import { sql } from '../sql.ts';
import { type Figure, nanos, storedTime } from '../values.ts';

const PROBE = sql('runs/probe');
const DAY_NS = 86_400_000_000_000n;

/**
 * Starts of the stretches in which a page of the newest runs may be found, shortest first: a day, a week or a month before the newest run
 * that can be on it. Stretches that hold fewer rows than the page has runs are not worth a look.
 * @param bounds what the page lies between, as the engine writes times
 */
export async function windows(
  context: Context,
  bounds: { from?: string | undefined; to: readonly string[] },
  wanted: number,
): Promise<string[]> {
  const ends = [BigInt(context.now()) * 1_000_000n, ...bounds.to.map(nanos)];
  const end = ends.reduce((a, b) => (a < b ? a : b));
  const start = bounds.from === undefined ? 0n : nanos(bounds.from);
  const [day, week, month] = [1n, 7n, 30n].map((days) => end - days * DAY_NS) as [bigint, bigint, bigint];
  if (day <= start) return [];
  const [found] = await context.store.query<{ in_day: Figure; in_week: Figure; in_month: Figure }>(PROBE, {
    project: context.project,
    day: storedTime(day),
    week: storedTime(week),
    month: storedTime(month > 0n ? month : 0n),
    end: storedTime(end),
  });
  const counts: [bigint, Figure][] = [
    [day, found?.in_day ?? 0],
    [week, found?.in_week ?? 0],
    [month, found?.in_month ?? 0],
  ];
  return counts.filter(([from, rows]) => from > start && Number(rows) >= wanted).map(([from]) => storedTime(from));
}
