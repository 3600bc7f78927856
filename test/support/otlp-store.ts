import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate, openStore, type Store } from '../../schema/index.ts';

export interface TestStore {
  readonly store: Store;
  readonly directory: string;
  /** Gives a block to `inbox` as the loader does. */
  load(block: Uint8Array, token?: string): Promise<void>;
  close(): Promise<void>;
}

/** An embedded store with our schema, in a directory of its own. */
export async function openTestStore(): Promise<TestStore> {
  const directory = await mkdtemp(join(tmpdir(), 'airuns-ingest-'));
  const store = await openStore({ engine: 'embedded', path: join(directory, 'store') });
  await migrate(store);
  let blocks = 0;
  return {
    store,
    directory,
    load: async (block, token = `block-${blocks}`) => {
      const file = join(directory, `block-${blocks++}.native`);
      await writeFile(file, block);
      await store.insertFile('inbox', file, token);
    },
    close: async () => {
      await store.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
