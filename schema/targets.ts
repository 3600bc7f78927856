import type { Scope } from './differences.ts';
import { type Store, StoreError } from './store.ts';

/** A view that fans the rows of `inbox` out into a table. */
export interface Target {
  readonly table: string;
  readonly engine: string;
  /** The view's SELECT over other rows of the form of `inbox`: a table or a subquery in parentheses. */
  select(source: string): string;
}

/** The columns of a table, in order. */
export async function columnsOf(store: Store, table: string): Promise<string[]> {
  const rows = await store.query<{ name: string }>(
    'SELECT name FROM system.columns WHERE database = currentDatabase() AND table = {table:String} ORDER BY position',
    { table },
  );
  return rows.map(({ name }) => name);
}

/** The columns of a table of totals by what they are. */
export interface Shape {
  readonly table: string;
  /** Columns of the sorting and the partition key: a total is of one combination of them. */
  readonly keys: readonly string[];
  readonly sums: readonly string[];
  /** Sums of their own by key. */
  readonly maps: readonly string[];
  /** Minima, maxima, sets, newest values: adding the same again changes nothing. */
  readonly facts: readonly string[];
}

const FROM_INBOX = /\bFROM (?:`?\w+`?\.)?`?inbox`?(?=\s|$)/;

/** The targets of `inbox`, as this database has them. */
export async function readTargets(store: Store): Promise<Target[]> {
  const views = await store.query<{ view: string; sql: string; ddl: string }>(
    `SELECT name AS view, as_select AS sql, create_table_query AS ddl FROM system.tables
     WHERE database = currentDatabase() AND engine = 'MaterializedView' AND match(as_select, 'FROM (\`?\\\\w+\`?\\\\.)?\`?inbox\`?(\\\\s|$)') ORDER BY name`,
  );
  const engines = await store.query<{ name: string; engine: string }>(
    'SELECT name, engine FROM system.tables WHERE database = currentDatabase()',
  );
  const engineOf = new Map(engines.map(({ name, engine }) => [name, engine]));
  return views.map(({ view, sql, ddl }) => {
    const table = /\bTO (?:`?\w+`?\.)?`?(\w+)`?/.exec(ddl)?.[1];
    const engine = table && engineOf.get(table);
    if (!engine) throw new StoreError('refused', `The view ${view} has no table to write to (${table ?? 'none'}): was it dropped?`);
    return { table, engine, select: (source) => sql.replace(FROM_INBOX, () => `FROM ${source}`) };
  });
}

/** A table of totals that can be recounted from the tasks. */
export interface Total {
  readonly target: Target;
  readonly shape: Shape;
  /** Condition on the totals whose tasks are all still there: retention drops tasks and keeps totals. */
  readonly whole: string;
}

/** The condition that everything fulfils. */
export const ALL = '1';

/** The month of first booking in each table of totals. */
const MONTH: Readonly<Record<string, string>> = { runs: 'toStartOfMonth(day)', usage_hourly: 'month', usage_daily: 'month' };

export async function readTotals(store: Store): Promise<Total[]> {
  const [dropped] = await store.query<{ n: string }>("SELECT count() AS n FROM retention_log WHERE what = 'payload'");
  const targets = (await readTargets(store)).filter(({ table }) => MONTH[table] !== undefined);
  return Promise.all(
    targets.map(async (target) => {
      const gone = `(project, ${MONTH[target.table]}) NOT IN (SELECT project, month FROM retention_log WHERE what = 'payload')`;
      return { target, shape: await readShape(store, target.table), whole: dropped?.n === '0' ? ALL : gone };
    }),
  );
}

/** The totals of a month (`YYYY-MM-01`) of first booking, and the tasks they are made of. */
export function monthScope(table: string, month: string): Scope {
  // The facts of a run depend on when its traces began, which may have been the month before.
  const since = table === 'runs' ? 'toStartOfMonth({month:Date} - 1)' : '{month:Date}';
  return {
    tasks: `toStartOfMonth(seen)::Date BETWEEN ${since} AND {month:Date}`,
    totals: `${MONTH[table]} = {month:Date}`,
    params: { month },
  };
}

async function readShape(store: Store, table: string): Promise<Shape> {
  const columns = await store.query<{ name: string; type: string; key: number }>(
    `SELECT name, type, is_in_sorting_key OR is_in_partition_key AS key FROM system.columns
     WHERE database = currentDatabase() AND table = {table:String} ORDER BY position`,
    { table },
  );
  const of = (test: (type: string) => boolean): string[] => columns.filter(({ key, type }) => !key && test(type)).map(({ name }) => name);
  const isMap = (type: string): boolean => /^SimpleAggregateFunction\(sumMap/.test(type);
  const isSum = (type: string): boolean => /^(SimpleAggregateFunction\(sum,|U?Int\d+$|Decimal)/.test(type);
  return {
    table,
    keys: columns.filter(({ key }) => key).map(({ name }) => name),
    sums: of(isSum),
    maps: of(isMap),
    facts: of((type) => !isSum(type) && !isMap(type)),
  };
}
