import { type Check, migrate, openStore, verifyBooks } from '../../schema/index.ts';
import type { Config } from '../config.ts';

/** Prints a line for each table, and what is wrong below it. Sets exit code 1 if anything is. */
export async function verify(config: Config): Promise<void> {
  const store = await openStore(config.store);
  try {
    await migrate(store);
    const checks = await verifyBooks(store);
    process.stdout.write(`${checks.map(report).join('\n')}\n`);
    if (checks.some((check) => check.mismatches.length > 0)) process.exitCode = 1;
  } finally {
    await store.close();
  }
}

/** `ok    runs`, or `WRONG runs` with a line for each place. */
function report({ name, mismatches }: Check): string {
  if (mismatches.length === 0) return `ok    ${name}`;
  const places = mismatches.map(({ project, key, differences }) => {
    const columns = Object.entries(differences).map(([column, value]) => `${column} ${value.startsWith('-') ? '' : '+'}${value}`);
    return `        ${project} ${key}: ${columns.join(', ')}`;
  });
  return [`WRONG ${name} (booked minus recounted)`, ...places].join('\n');
}
