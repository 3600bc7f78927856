import type { DeleteAnswer, DeleteAsk } from '../protocol.ts';

/** Deletes that the other thread was asked for, by number. */
export class Asks {
  #next = 1;
  readonly #pending = new Map<number, { resolve(answer: DeleteAnswer): void; reject(error: Error): void }>();
  constructor(private readonly post: (id: number, ask: DeleteAsk) => void) {}

  /** Rejects where it cannot be said that it is deleted for certain. */
  ask(ask: DeleteAsk): Promise<DeleteAnswer> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.post(id, ask);
    });
  }

  answer(id: number, answer: DeleteAnswer | { failed: string }): void {
    const waiting = this.#pending.get(id);
    this.#pending.delete(id);
    if ('failed' in answer) waiting?.reject(new Error(answer.failed));
    else waiting?.resolve(answer);
  }

  failAll(message: string): void {
    for (const { reject } of this.#pending.values()) reject(new Error(message));
    this.#pending.clear();
  }
}
