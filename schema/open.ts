import type { MessagePort, Transferable } from 'node:worker_threads';
import { connectStore, type EmbeddedStore, openEmbedded } from './embedded/open.ts';
import { probeExactness } from './probe.ts';
import { openRemote } from './remote/open.ts';
import type { Store } from './store.ts';

export type StoreConfig =
  | { readonly engine: 'embedded'; readonly path: string; readonly maxMemoryBytes?: number; readonly log?: boolean }
  | { readonly engine: 'remote'; readonly url: string };

/** How another thread reaches the same data. Send it with the transfer list that came with it. */
export type StoreHandle = { readonly engine: 'embedded'; readonly port: MessagePort } | { readonly engine: 'remote'; readonly url: string };

/**
 * Opens the store and proves on a scratch table that this engine counts a repeated insert once. Rejects with StoreError: `unavailable`
 * if the directory or server cannot be used, `refused` if the engine fails the proof.
 */
export async function openStore(config: StoreConfig): Promise<Store> {
  const store = await open(config);
  try {
    await probeExactness(store);
  } catch (error) {
    await store.close();
    throw error;
  }
  return store;
}

/** The handle with which another thread of this process opens `store` once more, and what postMessage must transfer along with it. */
export function storeHandle(store: Store, config: StoreConfig): { handle: StoreHandle; transfer: Transferable[] } {
  if (config.engine === 'remote') return { handle: { engine: 'remote', url: config.url }, transfer: [] };
  const port = (store as EmbeddedStore).port();
  return { handle: { engine: 'embedded', port }, transfer: [port] };
}

/** The other end of {@link storeHandle}. Closing this store leaves the engine open. */
export async function storeFromHandle(handle: StoreHandle): Promise<Store> {
  return handle.engine === 'embedded' ? connectStore(handle.port) : openRemote(handle.url);
}

function open(config: StoreConfig): Promise<Store> {
  return config.engine === 'embedded' ? openEmbedded(config.path, config.maxMemoryBytes, config.log) : openRemote(config.url);
}
