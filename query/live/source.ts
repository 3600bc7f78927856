import type { LiveEvent, LiveRun } from '../contract/index.ts';

/** What is happening right now. The ingest side provides it; nothing here knows how it knows. */
export interface LiveSource {
  /** Runs that announced themselves and have not ended, freshest signal last. Those without a signal for long are gone from it. */
  runs(): LiveRun[];
  /** Calls the listener for each event from now on, until the returned function is called. */
  subscribe(listener: (event: LiveEvent) => void): () => void;
}
