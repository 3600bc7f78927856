import { Router } from 'express';
import type { Logger } from 'pino';
import type { Store } from '../schema/store.ts';
import { answerErrors } from './http/errors.ts';
import type { LiveSource } from './live/source.ts';
import { mount } from './router.ts';
import type { Endings } from './runs/delete.ts';
import { assertNoUnusedSql } from './sql.ts';

export type { LiveSource } from './live/source.ts';
export type { Endings } from './runs/delete.ts';

export interface QueryOptions {
  readonly store: Store;
  readonly live: LiveSource;
  readonly logger: Logger;
  /** Who can delete: the writer of the books. Without one runs can only be hidden. */
  readonly endings?: Endings;
  /** Milliseconds since 1970; tests set it. */
  readonly now?: () => number;
}

/** Until projects can be chosen, everything belongs to this one. */
const PROJECT = 'default';

/**
 * The read API, as routes under `/api`. Mount it at `/`.
 * @throws Error where a .sql file below this folder is missing or asked for by nobody
 */
export function queryRoutes({ store, live, logger, endings, now = Date.now }: QueryOptions): Router {
  assertNoUnusedSql();
  const router = Router();
  router.use(mount({ store, live, logger, endings, now, project: PROJECT }));
  router.use('/api', answerErrors(logger));
  return router;
}
