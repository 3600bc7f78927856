import type { MessagePort } from 'node:worker_threads';
import type { Params, StoreFailure } from '../store.ts';

/** What a client asks over its port. Every request but `cancel` gets one {@link Reply} with its id. */
export type Request =
  | { readonly verb: 'query'; readonly id: number; readonly sql: string; readonly params: Params; readonly maxSeconds: number }
  | { readonly verb: 'command'; readonly id: number; readonly sql: string; readonly params: Params }
  | { readonly verb: 'insertFile'; readonly id: number; readonly table: string; readonly file: string; readonly token: string }
  | { readonly verb: 'cancel'; readonly id: number };

export interface Failure {
  readonly reason: StoreFailure;
  readonly message: string;
  readonly code: number | undefined;
}

/** `json` is a JSON array of rows as UTF-8; it is moved, not copied, and parsed by the thread that asked. */
export type Reply = { readonly id: number; readonly json: Uint8Array } | { readonly id: number; readonly failure: Failure };

/** What the owner of the engine tells the engine's thread. */
export type Control = { readonly verb: 'port'; readonly port: MessagePort } | { readonly verb: 'close' };

/** What the engine's thread tells its owner: once when it opened, once when it closed. */
export type Report = { readonly state: 'open' } | { readonly state: 'closed' } | { readonly state: 'failed'; readonly failure: Failure };

export interface EngineSettings {
  readonly path: string;
  readonly maxMemoryBytes: number;
  readonly readers: number;
  /** Keep a log file in the directory. */
  readonly log: boolean;
}
