import type { Failure } from './failure.ts';

export const STOPPING: Failure = { code: 'stopping', message: 'The server is stopping.' };

/** The answers that are being given. A server that stops ends them while their spans can still be sent. */
export class UnderWay {
  readonly #answers = new Map<AbortController, Promise<void>>();
  #stopped = false;

  get stopped(): boolean {
    return this.#stopped;
  }

  async watch(stop: AbortController, answer: Promise<void>): Promise<void> {
    this.#answers.set(stop, answer);
    try {
      await answer;
    } finally {
      this.#answers.delete(stop);
    }
  }

  /** Stops each and takes no further one. Resolves when the last run has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const stop of this.#answers.keys()) stop.abort(new DOMException(STOPPING.message, 'AbortError'));
    await Promise.allSettled(this.#answers.values());
  }
}
