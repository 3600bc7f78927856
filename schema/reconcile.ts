import { type Baseline, restoreBalance, widened } from './balance.ts';
import { reopenSwept } from './buried.ts';
import { complete, countMissing, ONCE } from './differences.ts';
import type { Doubtful } from './lists.ts';
import { findRefused, type Refused, takeBack, totalsOf, without } from './refused.ts';
import { STAGED, stage, stagedScope, unstage } from './staged.ts';
import { type Store, StoreError } from './store.ts';
import { columnsOf, readTargets, readTotals } from './targets.ts';

/** What was put right. */
export interface Reconciled {
  /** Totals that differed from a recount of the tasks, by table. */
  readonly repaired: Readonly<Record<string, number>>;
  /** Rows that the store takes in no way, and the totals they would have had a part in. */
  readonly refused: (Refused & { readonly totals: readonly Doubtful[] }) | null;
}

/** What has to be written down on the way, so that the same can be done again after a crash. */
export interface Reconciling {
  /** Rows are refused. Nothing is booked before this resolves. */
  keep?(refused: NonNullable<Reconciled['refused']>): Promise<void>;
  /** For a start, when nothing can be deleted meanwhile, and what is earlier than the baseline was never loaded. */
  atStart?: {
    /** Segments bear earlier minutes than the baseline knows: from here on this one counts. Nothing is booked before this resolves. */
    remember(baseline: Baseline): Promise<void>;
  };
}

/**
 * Books the rows of some journal segments whatever part of them the store has already, and whatever it believes to have: the tokens of
 * inserts are not asked. Rows of tasks and texts are given to the store again, because it keeps one of each; totals are recounted from the
 * tasks; the balance is what it was at `baseline` (null: unknown, left alone) and what the segments bring. A trace that a target refuses
 * is left out, whole. At a start deleted traces that the segments bring back to the disk are made to be swept once more. Nothing may be loaded
 * meanwhile. Doing it again changes nothing.
 *
 * Rejects with StoreError: `refused` where the reason does not lie in single rows.
 */
export async function reconcile(
  store: Store,
  files: readonly string[],
  baseline: Baseline | null,
  { keep, atStart }: Reconciling = {},
): Promise<Reconciled> {
  await stage(store, files);
  try {
    const known = atStart && baseline ? await wide(store, baseline, atStart.remember) : baseline;
    if (atStart) await reopenSwept(store, STAGED);
    try {
      return { repaired: await bookStaged(store, STAGED, known), refused: null };
    } catch (error) {
      const rest = error instanceof StoreError && error.reason === 'refused' ? await bookRest(store, known, keep) : null;
      if (!rest) throw error;
      return rest;
    }
  } finally {
    await unstage(store);
  }
}

async function wide(store: Store, baseline: Baseline, remember: (baseline: Baseline) => Promise<void>): Promise<Baseline> {
  const wider = await widened(store, baseline, STAGED);
  if (wider) await remember(wider);
  return wider ?? baseline;
}

/** The same for segments that the store has refused. Null, and nothing done, where that is not because of single rows. */
export async function leaveOutRefused(
  store: Store,
  files: readonly string[],
  baseline: Baseline | null,
  { keep }: Pick<Reconciling, 'keep'> = {},
): Promise<Reconciled | null> {
  await stage(store, files);
  try {
    return await bookRest(store, baseline, keep);
  } finally {
    await unstage(store);
  }
}

async function bookRest(store: Store, baseline: Baseline | null, keep?: Reconciling['keep']): Promise<Reconciled | null> {
  const found = await findRefused(store);
  if (!found) return null;
  const refused = { ...found, totals: await totalsOf(store, found.units) };
  await keep?.(refused);
  await takeBack(store, found.units);
  return { repaired: await bookStaged(store, without(found.units), baseline), refused };
}

/** Books those staged rows that `source` (a table or subquery) gives. Returns the number of totals that differed, by table. */
async function bookStaged(store: Store, source: string, baseline: Baseline | null): Promise<Record<string, number>> {
  for (const target of (await readTargets(store)).filter(({ engine }) => /Replacing/.test(engine))) {
    const columns = (await columnsOf(store, target.table)).join(', ');
    await store.command(`INSERT INTO ${target.table} (${columns}) ${ONCE} SELECT ${columns} FROM (${target.select(source)})`);
  }
  const repaired: Record<string, number> = {};
  for (const total of await readTotals(store)) {
    const { table } = total.shape;
    const scope = stagedScope(table);
    repaired[table] = await countMissing(store, total, scope);
    await complete(store, total, scope);
  }
  if (baseline) await restoreBalance(store, baseline, source);
  return repaired;
}
