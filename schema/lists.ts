import type { Scope } from './differences.ts';

/** Totals of one project, named one by one. */
export interface Doubtful {
  readonly project: string;
  readonly runs: readonly string[];
  /** `YYYY-MM-DD hh:00:00`, UTC. */
  readonly hours: readonly string[];
  /** `YYYY-MM-DD`, UTC. */
  readonly days: readonly string[];
}

const EXACT = "project = {project:String} AND started_at >= {from:DateTime64(9, 'UTC')} AND started_at < {to:DateTime64(9, 'UTC')}";

/** The scope of these totals in a table; null where they name none of it. */
export function listedScope(table: string, { project, runs, hours, days }: Doubtful): Scope | null {
  if (table === 'runs' && runs.length > 0) {
    const traces = 'SELECT trace_id FROM tasks WHERE project = {project:String} AND run_id IN {runs:Array(String)}';
    return {
      tasks: `project = {project:String} AND trace_id IN (${traces})`,
      totals: 'project = {project:String} AND run_id IN {runs:Array(String)}',
      params: { project, runs },
    };
  }
  if (table === 'usage_hourly' && hours.length > 0) {
    const listed = "toDateTime(arrayJoin({hours:Array(String)}), 'UTC')";
    return {
      tasks: `${EXACT} AND toStartOfHour(started_at) IN (SELECT ${listed})`,
      totals: `project = {project:String} AND hour IN (SELECT ${listed})`,
      params: { project, hours, ...span(hours, 3600) },
    };
  }
  if (table === 'usage_daily' && days.length > 0) {
    const listed = 'toDate(arrayJoin({days:Array(String)}))';
    return {
      tasks: `${EXACT} AND toDate(started_at) IN (SELECT ${listed})`,
      totals: `project = {project:String} AND day IN (SELECT ${listed})`,
      params: { project, days, ...span(days, 86_400) },
    };
  }
  return null;
}

/** From the first to the end of the last: lets the index on time leave out what lies elsewhere. */
function span(starts: readonly string[], seconds: number): { from: string; to: string } {
  const sorted = [...starts].sort();
  const text = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
  const ms = (start: string): number => Date.parse(`${start.length === 10 ? `${start} 00:00:00` : start}Z`.replace(' ', 'T'));
  return { from: text(ms(sorted[0]!)), to: text(ms(sorted.at(-1)!) + seconds * 1000) };
}
