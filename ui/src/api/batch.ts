import type { LiveEvent } from '../../../query/contract/index.ts';

/** What happened since the last look: which runs, each once. */
export interface LiveBatch {
  runIds: ReadonlySet<string>;
  started: number;
}

export interface Batcher {
  add(event: LiveEvent): void;
  stop(): void;
}

/** Gathers events and hands them on at most once per `everyMs`; the first of a quiet time goes out at once. */
export function createBatcher(everyMs: number, flush: (batch: LiveBatch) => void): Batcher {
  let waiting = new Map<string, LiveEvent['type']>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function send(): void {
    timer = undefined;
    if (waiting.size === 0) return;
    const batch = waiting;
    waiting = new Map();
    timer = setTimeout(send, everyMs);
    flush({ runIds: new Set(batch.keys()), started: [...batch.values()].filter((type) => type === 'run.started').length });
  }

  return {
    add(event) {
      if (waiting.get(event.runId) !== 'run.started') waiting.set(event.runId, event.type);
      timer ??= setTimeout(send, 0);
    },
    stop() {
      clearTimeout(timer);
      waiting.clear();
    },
  };
}
