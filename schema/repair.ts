import { complete, countMissing, ONCE, recount } from './differences.ts';
import { type Doubtful, listedScope } from './lists.ts';
import { type Store, StoreError } from './store.ts';
import { ALL, columnsOf, monthScope, readTotals } from './targets.ts';

/** A month of a table of totals. */
export interface Month {
  readonly table: string;
  /** `YYYY-MM-01`: of first booking. */
  readonly month: string;
}

/** Months of first booking of which the store has tasks or totals, oldest first. */
export async function bookedMonths(store: Store): Promise<string[]> {
  const rows = await store.query<{ month: string }>(
    `SELECT DISTINCT toString(toDate(concat(substring(partition_id, 1, 4), '-', substring(partition_id, 5, 2), '-01'))) AS month FROM system.parts
     WHERE database = currentDatabase() AND active AND table IN ('tasks', 'runs', 'usage_hourly', 'usage_daily') ORDER BY month`,
  );
  return rows.map(({ month }) => month);
}

/**
 * Makes months of totals anew from the tasks, whatever stands in them now, damaged parts included: into a table beside, which then takes
 * the month's place at once. Totals whose tasks retention dropped are carried over as they are. The store forgets which batches a month
 * has had: nothing may be loaded meanwhile, and nothing of the journal that it has already may be loaded ever again.
 */
export async function repairBooks(store: Store, months: readonly Month[]): Promise<void> {
  const totals = await readTotals(store);
  for (const { table, month } of months) {
    const total = totals.find(({ shape }) => shape.table === table);
    if (!total) throw new Error(`${table} is no table of totals`);
    const scope = monthScope(table, month);
    const columns = (await columnsOf(store, table)).join(', ');
    const shadow = `shadow_${table}`;
    await store.command(`DROP TABLE IF EXISTS ${shadow} SYNC`);
    await store.command(`CREATE TABLE ${shadow} AS ${table}`);
    await store.command(`INSERT INTO ${shadow} (${columns}) ${ONCE} SELECT ${columns} FROM (${recount(total, scope)})`, scope.params);
    const kept = `INSERT INTO ${shadow} (${columns}) ${ONCE} SELECT ${columns} FROM ${table} WHERE ${scope.totals} AND NOT (${total.whole})`;
    if (total.whole !== ALL) await store.command(kept, scope.params);
    await store.command(`ALTER TABLE ${table} REPLACE PARTITION ID '${await partitionOf(store, table, month)}' FROM ${shadow}`);
    await store.command(`DROP TABLE ${shadow} SYNC`);
  }
}

/** The partition of a month: YYYYMM where the key is that number, YYYYMMDD where it is the first day. */
async function partitionOf(store: Store, table: string, month: string): Promise<string> {
  const [row] = await store.query<{ key: string }>(
    'SELECT partition_key AS key FROM system.tables WHERE database = currentDatabase() AND name = {table:String}',
    { table },
  );
  return month.replaceAll('-', '').slice(0, row?.key.startsWith('toYYYYMM') ? 6 : 8);
}

/**
 * Makes every month of totals anew in which a total differs from a recount, or a part cannot be read. What {@link repairBooks} says of the
 * journal counts here, too.
 */
export async function repairTotals(store: Store): Promise<void> {
  const wrong: Month[] = [];
  for (const month of await bookedMonths(store)) {
    for (const total of await readTotals(store)) {
      const differ = await countMissing(store, total, monthScope(total.shape.table, month)).catch((error: unknown) => {
        if (error instanceof StoreError && error.reason === 'refused') return 1;
        throw error;
      });
      if (differ > 0) wrong.push({ table: total.shape.table, month });
    }
  }
  await repairBooks(store, wrong);
}

/** Adds to a month of every table of totals what it lacks of a recount, and takes off what it has too much. Returns how many totals differed. */
export async function completeMonth(store: Store, month: string): Promise<number> {
  let differed = 0;
  for (const total of await readTotals(store)) {
    const scope = monthScope(total.shape.table, month);
    const n = await countMissing(store, total, scope);
    if (n > 0) await complete(store, total, scope);
    differed += n;
  }
  return differed;
}

/** The same for totals named one by one. */
export async function completeListed(store: Store, listed: readonly Doubtful[]): Promise<number> {
  let differed = 0;
  for (const total of await readTotals(store)) {
    for (const doubtful of listed) {
      const scope = listedScope(total.shape.table, doubtful);
      if (!scope) continue;
      const n = await countMissing(store, total, scope);
      if (n > 0) await complete(store, total, scope);
      differed += n;
    }
  }
  return differed;
}
