import { complete, countMissing } from './differences.ts';
import { type Doubtful, listedScope } from './lists.ts';
import { bookedMonths } from './repair.ts';
import type { Store } from './store.ts';
import { readTotals } from './targets.ts';

export interface Scrubbed {
  /** Hours, days and runs that were recounted. */
  readonly checked: number;
  /** One line for each that was wrong, and is put right. */
  readonly wrong: readonly string[];
}

export interface ScrubOptions {
  /** A number from 0 up to but not including 1. */
  readonly random: () => number;
  /** Does something while nothing is loaded. */
  readonly exclusive: <T>(run: () => Promise<T>) => Promise<T>;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const RUNS = 5;
/** What a pass may cost: an hour or a day with more tasks is left to `airuns verify`. */
const MAX_TASKS = 1_000_000;

/**
 * Recounts an hour somewhere in the books, its day and a few runs from the tasks, and puts right what differs. Reads only what the indexes
 * lead to. Rejects with StoreError.
 */
export async function scrubOnce(store: Store, options: ScrubOptions): Promise<Scrubbed> {
  const somewhere = await pick(store, options);
  return somewhere ? check(store, somewhere, options) : { checked: 0, wrong: [] };
}

/** The same for totals that somebody doubts. */
export async function check(store: Store, doubtful: Doubtful, { exclusive }: Pick<ScrubOptions, 'exclusive'>): Promise<Scrubbed> {
  const wrong: string[] = [];
  for (const total of await readTotals(store)) {
    const scope = listedScope(total.shape.table, doubtful);
    if (!scope || (await countMissing(store, total, scope)) === 0) continue;
    // A batch that is half way in looks like a difference. Between two batches there is none.
    await exclusive(async () => {
      const n = await countMissing(store, total, scope);
      if (n === 0) return;
      await complete(store, total, scope);
      const where = JSON.stringify(
        doubtful[({ runs: 'runs', usage_hourly: 'hours', usage_daily: 'days' } as const)[total.shape.table as 'runs']],
      );
      wrong.push(`${n} totals of ${total.shape.table} (${doubtful.project} ${where}) were not what their tasks add up to, and are now`);
    });
  }
  return { checked: doubtful.runs.length + doubtful.hours.length + doubtful.days.length, wrong };
}

/** An hour that is over, in a month drawn by lot, with its day and runs first booked that day; what holds too much is left out. */
async function pick(store: Store, { random, now }: ScrubOptions): Promise<Doubtful | null> {
  const months = await bookedMonths(store);
  const month = months[Math.floor(random() * months.length)];
  if (!month) return null;
  const from = new Date(Date.parse(month) + random() * 31 * 86_400_000).toISOString().slice(0, 13).replace('T', ' ');
  const before = new Date(now).toISOString().slice(0, 13).replace('T', ' ');
  const after = `SELECT h.project AS project, toString(h.hour) AS hour FROM usage_hourly AS h
    WHERE h.month = {month:Date} AND h.hour >= {from:DateTime('UTC')} AND h.hour < {before:DateTime('UTC')}
    ORDER BY h.hour, cityHash64(h.project, {salt:String}) LIMIT 1`;
  const ask = (start: string) =>
    store.query<{ project: string; hour: string }>(after, { month, from: start, before: `${before}:00:00`, salt: String(random()) });
  const found = (await ask(`${from}:00:00`))[0] ?? (await ask('1970-01-01 00:00:00'))[0];
  if (!found) return null;
  const { project, hour } = found;
  const day = hour.slice(0, 10);
  const sizes = await store.query<{ hour: string; n: string }>(
    `SELECT toString(h.hour) AS hour, sum(h.tasks) AS n FROM usage_hourly AS h
     WHERE h.project = {project:String} AND h.hour >= {day:DateTime('UTC')} AND h.hour < {day:DateTime('UTC')} + INTERVAL 1 DAY GROUP BY h.hour`,
    { project, day: `${day} 00:00:00` },
  );
  const ofDay = sizes.reduce((sum, { n }) => sum + Number(n), 0);
  const ofHour = Number(sizes.find((size) => size.hour === hour)?.n ?? 0);
  const runs = await store.query<{ run_id: string }>(
    `SELECT DISTINCT run_id FROM runs WHERE project = {project:String} AND toStartOfMonth(day) = {month:Date} AND run_id >= {from:String} LIMIT ${RUNS}`,
    { project, month, from: Math.floor(random() * 16 ** 8).toString(16) },
  );
  return {
    project,
    runs: runs.map(({ run_id }) => run_id),
    hours: ofHour <= MAX_TASKS ? [hour] : [],
    days: ofDay <= MAX_TASKS ? [day] : [],
  };
}
