import { StoreError, type StoreFailure } from './store.ts';

/** ClickHouse's error codes that say "later" instead of "no". Every other code is a refusal. */
const RETRYABLE: ReadonlyMap<number, StoreFailure> = new Map<number, StoreFailure>([
  [241, 'overloaded'], // MEMORY_LIMIT_EXCEEDED
  [202, 'overloaded'], // TOO_MANY_SIMULTANEOUS_QUERIES
  [252, 'overloaded'], // TOO_MANY_PARTS
  [439, 'overloaded'], // CANNOT_SCHEDULE_TASK
  [159, 'timeout'], // TIMEOUT_EXCEEDED
  [160, 'timeout'], // TOO_SLOW
  [394, 'timeout'], // QUERY_WAS_CANCELLED
  [75, 'unavailable'], // CANNOT_WRITE_TO_FILE_DESCRIPTOR
  [209, 'unavailable'], // SOCKET_TIMEOUT
  [210, 'unavailable'], // NETWORK_ERROR
  [225, 'unavailable'], // NO_ZOOKEEPER
  [236, 'unavailable'], // ABORTED
  [242, 'unavailable'], // TABLE_IS_READ_ONLY
  [243, 'unavailable'], // NOT_ENOUGH_SPACE
  [279, 'unavailable'], // ALL_CONNECTION_TRIES_FAILED
  [285, 'unavailable'], // TOO_FEW_LIVE_REPLICAS
  [319, 'unavailable'], // UNKNOWN_STATUS_OF_INSERT
  [516, 'unavailable'], // AUTHENTICATION_FAILED: a password is put right without touching the batch
  [999, 'unavailable'], // KEEPER_EXCEPTION
]);

/** A full disk may arrive under a code that says nothing (1001, STD_EXCEPTION). */
const DISK_FULL = /no space left on device/i;

/** Turns ClickHouse's own error into ours. `message` may carry the usual `Code: 62.` prefix, from which the code is read if not given. */
export function engineError(message: string, code?: number, cause?: unknown): StoreError {
  const known = code ?? codeOf(message);
  const reason = (known === undefined ? undefined : RETRYABLE.get(known)) ?? (DISK_FULL.test(message) ? 'unavailable' : 'refused');
  return new StoreError(reason, message, known, cause === undefined ? undefined : { cause });
}

function codeOf(message: string): number | undefined {
  const found = /Code: (\d+)\b/.exec(message);
  return found ? Number(found[1]) : undefined;
}
