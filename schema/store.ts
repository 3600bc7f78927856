/** One value bound to a `{name:Type}` placeholder of a statement. */
export type Param = string | number | bigint | boolean | readonly string[];
export type Params = Readonly<Record<string, Param>>;

export interface QueryOptions {
  /** Seconds after which the engine gives up with {@link StoreError} `timeout`. Default 30. */
  readonly maxSeconds?: number;
  /** Cancels the wait; the engine stops the query as soon as it can. */
  readonly signal?: AbortSignal;
}

/**
 * All that the rest of the program knows of a database: five verbs over ClickHouse SQL.
 *
 * 64-bit integers, UInt128 and Decimals arrive as decimal strings in rows, dates as `YYYY-MM-DD hh:mm:ss[.fraction]` in UTC.
 * Every method rejects with {@link StoreError}.
 */
export interface Store {
  readonly engine: 'embedded' | 'remote';
  /** Rows of a SELECT. Placeholders are `{name:Type}`; values are bound, never glued in. */
  query<Row>(sql: string, params?: Params, options?: QueryOptions): Promise<Row[]>;
  /** One statement without rows (DDL, ALTER, OPTIMIZE, small INSERT ... SELECT/VALUES). */
  command(sql: string, params?: Params): Promise<void>;
  /**
   * Inserts a file of ClickHouse Native blocks exactly once per `token`: the same token again is a no-op in the table and in every
   * table fed by its views, and completes an insert that stopped half way. Retry it verbatim until it resolves.
   */
  insertFile(table: string, file: string, token: string): Promise<void>;
  /** Waits for what is under way, then releases the engine. */
  close(): Promise<void>;
}

/** Why a store call failed. `unavailable`, `overloaded` and `timeout` are worth retrying verbatim, the others are not. */
export type StoreFailure = 'unavailable' | 'overloaded' | 'timeout' | 'refused' | 'closed';

export class StoreError extends Error {
  override readonly name = 'StoreError';
  constructor(
    readonly reason: StoreFailure,
    message: string,
    /** ClickHouse's error code, where it gave one. */
    readonly code?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
