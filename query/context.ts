import type { Logger } from 'pino';
import type { Store } from '../schema/store.ts';
import type { LiveSource } from './live/source.ts';
import type { Endings } from './runs/delete.ts';

/** What every question needs: where to ask, what is live, what time it is. */
export interface Context {
  readonly store: Store;
  readonly live: LiveSource;
  readonly logger: Logger;
  /** Who can delete; absent where nobody writes the books. */
  readonly endings?: Endings | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The project a question is about. Always bound, in every statement. */
  readonly project: string;
}
