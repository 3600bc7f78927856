import { readFileSync } from 'node:fs';
import { literal, type Store } from '../../schema/index.ts';
import { beginMutation, type Mutation } from './mutations.ts';

const PROJECTS = readFileSync(new URL('./retention.sql', import.meta.url), 'utf8');

/** Days to keep; null = for ever. Payload is tasks with their attributes and texts, totals is what lists and charts read. */
export interface Policy {
  readonly payloadDays: number | null;
  readonly totalsDays: number | null;
}

export type What = 'payload' | 'totals';

interface Target {
  readonly table: string;
  readonly what: What;
  /** The month of a row, as a Date; null: the table has no partitions. */
  readonly month: string;
  readonly partitioned: boolean;
}

/** Months are those of first booking: no sender's clock decides what is kept. Texts come last, so that no task is left that refers to nothing. */
const TARGETS: readonly Target[] = [
  { table: 'tasks', what: 'payload', month: 'toStartOfMonth(seen)', partitioned: true },
  { table: 'details', what: 'payload', month: 'toStartOfMonth(seen)', partitioned: true },
  { table: 'messages', what: 'payload', month: 'month', partitioned: true },
  { table: 'runs', what: 'totals', month: 'toStartOfMonth(day)', partitioned: true },
  { table: 'usage_hourly', what: 'totals', month: 'month', partitioned: true },
  { table: 'usage_daily', what: 'totals', month: 'month', partitioned: true },
  { table: 'ingest_log', what: 'totals', month: 'toStartOfMonth(minute)', partitioned: false },
];

/** What has to go: the rows of some projects in one month of one table. `whole`: there are no others, so the partition is dropped. */
export interface Expired {
  readonly table: string;
  readonly what: What;
  /** `2026-11-01` */
  readonly month: string;
  readonly monthOf: string;
  readonly projects: readonly string[];
  readonly whole: boolean;
}

const DAY_MS = 86_400_000;

/**
 * Is the time of a whole month over? Never for the current month and the one before, whatever the policy: batches that wait in the journal
 * may still write to them.
 * @param month its first day, `2026-11-01`
 * @param now milliseconds since the epoch
 */
export function isOver(month: string, days: number | null, now: number): boolean {
  if (days === null) return false;
  const next = monthAfter(Date.parse(`${month}T00:00:00Z`));
  return monthAfter(next) <= now && next + days * DAY_MS <= now;
}

function monthAfter(ms: number): number {
  const date = new Date(ms);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

/** What is over, table by table. Reads only. */
export async function findExpired(store: Store, policyOf: (project: string) => Policy, now: number): Promise<Expired[]> {
  const found: Expired[] = [];
  for (const { table, what, month: monthOf, partitioned } of TARGETS) {
    const rows = await store.query<{ month: string; projects: string[] }>(
      PROJECTS.replace('{{month}}', monthOf).replace('{{table}}', table),
      {},
      { maxSeconds: 300 },
    );
    for (const { month, projects } of rows) {
      const over = projects.filter((project) => {
        const policy = policyOf(project);
        return isOver(month, what === 'payload' ? policy.payloadDays : policy.totalsDays, now);
      });
      if (over.length > 0)
        found.push({ table, what, month, monthOf, projects: over, whole: partitioned && over.length === projects.length });
    }
  }
  return found;
}

/**
 * Writes down what goes, then removes it. To be called while nothing is being settled or loaded, and nothing that
 * is loaded is still in the journal. Resolves to the changes that are still under way
 * (the months of projects that share them with others).
 */
export async function expire(store: Store, expired: readonly Expired[]): Promise<Mutation[]> {
  const under: Mutation[] = [];
  for (const { month, what, projects } of expired) {
    await store.command('INSERT INTO retention_log SELECT arrayJoin({projects:Array(String)}), {month:Date}, {what:String}, now64(3)', {
      projects,
      month,
      what,
    });
  }
  for (const { table, month, monthOf, projects, whole } of expired) {
    if (whole) await store.command(`ALTER TABLE ${table} DROP PARTITION ${partition(monthOf, month)}`);
    else {
      const names = projects.map(literal).join(', ');
      under.push(await beginMutation(store, table, `DELETE WHERE project IN (${names}) AND ${monthOf} = '${month}'`));
    }
  }
  return under;
}

/** How the partition of a month is called: by its date, or by its number. */
const partition = (monthOf: string, month: string): string =>
  monthOf === 'month' ? `'${month}'` : `'${month.slice(0, 4)}${month.slice(5, 7)}'`;
