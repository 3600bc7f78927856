/** Runs what it is given one after the other, in the order it was given. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Resolves or rejects as `run` does, when it had its turn. Whoever asks for a turn from within a turn waits for ever. */
  take<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(run);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
