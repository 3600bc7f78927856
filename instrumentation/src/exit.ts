const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Calls `flushNow`, which blocks, when the process ends in whatever way, and does not change how it ends. Returns how to
 * undo it.
 *
 * - Nothing left to do, `process.exit()`, an uncaught exception: `exit` is emitted.
 * - A signal the app listens to: what happens is the app's business, and comes to `exit` sooner or later.
 * - A signal only we listen to: our listener alone would keep the process alive, so the signal is sent again without it.
 *
 * `beforeExit` is not enough (no exception, no `process.exit()`) and not needed besides. An asynchronous flush there
 * would also hold a finished program for as long as the exporter retries when no receiver is there.
 */
export function flushWhenLeaving(flushNow: () => void): () => void {
  const undo = () => {
    process.off('exit', flushNow);
    for (const signal of SIGNALS) process.off(signal, signalled);
  };
  const signalled = (signal: NodeJS.Signals) => {
    if (process.listenerCount(signal) > 1) return;
    undo();
    flushNow();
    process.kill(process.pid, signal);
  };
  process.on('exit', flushNow);
  // First in the row, so that listeners of the kind `once` are still there to be counted.
  for (const signal of SIGNALS) process.prependListener(signal, signalled);
  return undo;
}
