import { loadJournal } from '../../ingest/index.ts';
import { type Check, migrate, openStore, repairTotals, type Store, verifyBooks } from '../../schema/index.ts';
import type { Config } from '../config.ts';

export interface VerifyOptions {
  /** Make wrong totals anew from the tasks. */
  readonly repair?: boolean;
  /** Go on where the journal lacks what was acknowledged. */
  readonly acceptLoss?: boolean;
}

/** Prints a line for each check, and what is wrong below it. Sets exit code 1 if anything is and stays so. */
export async function verify(config: Config, { repair = false, acceptLoss = false }: VerifyOptions): Promise<void> {
  const store = await openStore(config.store.engine === 'embedded' ? { ...config.store, log: false } : config.store);
  try {
    await migrate(store);
    const { dataDir, store: storeConfig, recovery } = config;
    const tell = (message: string): void => void process.stderr.write(`${message}\n`);
    // What is in the journal and half way in the store would look wrong, and would be wrong again after a repair.
    await loadJournal({
      dataDir,
      store,
      storeConfig,
      recovery: { ...recovery, acceptLoss: acceptLoss || recovery.acceptLoss === true },
      tell,
    });
    const checks = await verifyBooks(store);
    const after = repair && checks.some(isWrong) ? await repaired(store) : checks;
    const lines = checks.map((check, i) => report(check, after[i]!));
    process.stdout.write(`${lines.join('\n')}\n`);
    if (after.some(isWrong)) process.exitCode = 1;
  } finally {
    await store.close();
  }
}

async function repaired(store: Store): Promise<Check[]> {
  await repairTotals(store);
  return verifyBooks(store);
}

const isWrong = ({ mismatches }: Check): boolean => mismatches.length > 0;

/** `ok    runs: 12 rows`, or `WRONG runs` with a line for each place; `FIXED` where it was wrong before. */
function report(before: Check, after: Check): string {
  const rows = `${after.rows.toLocaleString('en-US')} ${after.name === 'parts' ? 'parts' : 'rows'}`;
  if (!isWrong(before)) return `ok    ${after.name}: ${rows}`;
  const wrong = `${before.mismatches.length} mismatches`;
  if (!isWrong(after)) return `FIXED ${after.name}: ${rows}, ${wrong} repaired`;
  const places = after.mismatches.map(({ project, key, differences }) => {
    const columns = Object.entries(differences).map(([column, value]) => `${column} ${value.startsWith('-') ? '' : '+'}${value}`);
    return `        ${project} ${key}: ${columns.join(', ')}`;
  });
  return [`WRONG ${after.name}: ${rows}, ${wrong} (booked minus recounted)`, ...places].join('\n');
}
