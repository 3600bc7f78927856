import { migrate, openStore } from '../../schema/index.ts';
import type { Config } from '../config.ts';

/** Runs the migrations that are missing and says which. */
export async function migrateOnly(config: Config): Promise<void> {
  const store = await openStore(config.store.engine === 'embedded' ? { ...config.store, log: false } : config.store);
  try {
    const names = await migrate(store);
    process.stdout.write(names.length === 0 ? 'nothing to do\n' : names.map((name) => `${name}\n`).join(''));
  } finally {
    await store.close();
  }
}
