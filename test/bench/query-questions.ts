import type { RunList, Task, TaskList } from '../../query/contract/index.ts';
import { random } from './payload.ts';
import type { Filled } from './query-fill.ts';

/** A question of the read API: `path` makes a new one for every call. */
export interface Question {
  readonly name: string;
  /** Milliseconds within which 95 of 100 answers come while nothing else happens; under load it is twice as much. */
  readonly limit: number;
  readonly path: () => string;
}

const DAY = 86_400_000;
const HOUR = 3_600_000;

/** What pages and people ask, with parameters that vary from call to call. */
export async function questions(ask: <T>(path: string) => Promise<T>, { from, to }: Filled, seed: number): Promise<Question[]> {
  const next = random(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)]!;
  const iso = (ms: number) => new Date(ms).toISOString();
  /** A range of so many days that ends within six hours before the end of the data, at no whole hour. */
  const last = (days: number) => {
    const end = to - Math.floor(next() * 6 * HOUR);
    return `from=${iso(Math.max(from, end - days * DAY))}&to=${iso(end)}`;
  };
  const user = () => `user-${Math.floor(next() ** 2 * 20_000)}`;

  const largest = (await ask<RunList>('/api/runs?sort=-tasks&limit=60')).runs;
  const huge = largest[0]!;
  const thousands = largest.filter((run) => run.taskCount === 1000);
  const small = (await ask<RunList>(`/api/runs?${last(30)}&limit=200`)).runs.filter((run) => run.taskCount >= 6);
  const roots = (await ask<TaskList>(`/api/runs/${huge.runId}/tasks?parent=root&levels=2&limit=1000`)).tasks;
  const below = (task: Task) => `${task.traceId}:${task.taskId}`;
  const cursors = await Promise.all(
    Array.from({ length: 10 }, async () => {
      const range = last(7);
      return `${range}&cursor=${(await ask<RunList>(`/api/runs?${range}&limit=50`)).nextCursor}`;
    }),
  );
  const models = ['gpt-4o', 'gpt-4o-mini', 'claude-sonnet-4-5', 'o3', 'house-model'];
  const days90 = (path: string) => () => `${path}${path.includes('?') ? '&' : '?'}${last(90)}`;
  /** Buckets of a week, as under the tiles; the strip above the list has days. */
  const series = (measure: string, by = 'none', interval = 604_800) => ({
    name: `series of ${measure}${by === 'none' ? '' : ` by ${by}`}${interval === 86_400 ? ', days' : ''}`,
    path: days90(`/api/analytics/series?measure=${measure}&by=${by}&interval=${interval}`),
  });
  const list = (name: string, limit: number, path: () => string): Question => ({
    name: `runs, ${name}`,
    limit,
    path: () => `/api/runs?${path()}`,
  });
  const dashboard = ({ name, path }: { name: string; path: () => string }): Question => ({ name: `90 d: ${name}`, limit: 50, path });

  return [
    list('24 h', 45, () => last(1)),
    list('7 d', 85, () => last(7)),
    list('7 d, next page', 85, () => pick(cursors)),
    list('90 d', 85, () => last(90)),
    list('newest, no range', 85, () => 'limit=50'),
    list('7 d by cost', 85, () => `${last(7)}&sort=-cost`),
    list('7 d by duration', 85, () => `${last(7)}&sort=-durationMs`),
    list('7 d of a user', 85, () => `${last(7)}&user=${user()}`),
    list('90 d of a user', 85, () => `${last(90)}&user=${user()}`),
    list('90 d of a user by cost', 85, () => `${last(90)}&user=${user()}&sort=-cost`),
    list('90 d of a session', 85, () => `${last(90)}&session=session-${Math.floor(next() * 300_000)}`),
    list('90 d of a model', 85, () => `${last(90)}&model=${pick(models)}`),
    list('90 d of a source', 85, () => `${last(90)}&source=source-${Math.floor(next() * 30)}`),
    list('90 d failed', 85, () => `${last(90)}&status=failed`),
    list('90 d running', 85, () => `${last(90)}&status=running`),
    list('90 d with a tag', 85, () => `${last(90)}&tag=tag-${Math.floor(next() * 8) * 5}`),
    list('90 d above an amount', 85, () => `${last(90)}&minCost=${(0.3 + next() * 0.2).toFixed(3)}`),
    list('by id, as the chat asks', 85, () => `q=${pick(small).runId}&limit=1`),
    list('a rare word, 90 d', 100, () => `${last(90)}&q=order${Math.floor(next() * 4_000_000)}`),
    list('a usual word, 90 d', 100, () => `${last(90)}&q=${word(200 + Math.floor(next() * 7000))}`),
    list('a frequent word, 90 d', 100, () => `${last(90)}&q=${word(Math.floor(next() * 20))}`),
    list('two words, 7 d', 100, () => `${last(7)}&q=${word(Math.floor(next() * 20))}%20${word(Math.floor(next() * 300))}`),
    { name: 'run', limit: 35, path: () => `/api/runs/${pick(small).runId}` },
    { name: 'run, tasks', limit: 35, path: () => `/api/runs/${pick(small).runId}/tasks` },
    { name: 'run, messages', limit: 35, path: () => `/api/runs/${pick(small).runId}/messages` },
    { name: 'run of 1,000 tasks', limit: 35, path: () => `/api/runs/${pick(thousands).runId}/tasks` },
    { name: 'run of 100,000 tasks', limit: 35, path: () => `/api/runs/${huge.runId}` },
    { name: 'run of 100,000 tasks, its root', limit: 100, path: () => `/api/runs/${huge.runId}/tasks?parent=root&levels=2&limit=200` },
    {
      name: 'run of 100,000 tasks, a branch',
      limit: 100,
      path: () => `/api/runs/${huge.runId}/tasks?parent=${below(pick(roots))}&levels=2`,
    },
    {
      name: 'run of 100,000 tasks, a window',
      limit: 100,
      path: () => `/api/runs/${huge.runId}/tasks?offset=${Math.floor(next() * 99_000)}&limit=500`,
    },
    { name: 'task', limit: 35, path: () => `/api/tasks/${below(pick(roots)).replace(':', '/')}` },
    ...[
      { name: 'summary', path: days90('/api/analytics/summary') },
      ...['cost', 'tokens', 'calls', 'failedCalls', 'unpricedCalls', 'runs', 'failedRuns', 'latencyP50', 'latencyP95'].map((measure) =>
        series(measure),
      ),
      series('cost', 'none', 86_400),
      series('runs', 'none', 86_400),
      series('cost', 'model'),
      series('tokens', 'feature'),
      ...['model', 'feature', 'source', 'user', 'errorType'].map((by) => ({
        name: `breakdown by ${by}`,
        path: days90(`/api/analytics/breakdown?by=${by}`),
      })),
      { name: 'facets', path: days90('/api/facets') },
      { name: 'balance', path: days90('/api/ingest') },
    ].map(dashboard),
  ];
}

const SYLLABLES = ['ba', 'co', 'du', 'fe', 'gi', 'ha', 'jo', 'ku', 'le', 'mi', 'na', 'po', 'ru', 'se', 'ti', 'va', 'wo', 'xu', 'ye', 'zi'];

/** A word of the vocabulary of query-fill.sql; the smaller the number, the more frequent. */
function word(n: number): string {
  return [n, Math.floor(n / 20), Math.floor(n / 400)].map((part) => SYLLABLES[part % 20]).join('');
}
