export { connectStore, type EmbeddedStore } from './embedded/open.ts';
export { migrate } from './migrate.ts';
export { openStore, type StoreConfig, type StoreHandle, storeFromHandle, storeHandle } from './open.ts';
export { type Param, type Params, type QueryOptions, type Store, StoreError, type StoreFailure } from './store.ts';
export { startThread } from './thread.ts';
export { type Check, type Mismatch, verifyBooks } from './verify.ts';
