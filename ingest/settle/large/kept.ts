import type { TaskRow } from '../diff.ts';
import { AwaitedError } from '../unsettled.ts';

/** What a row takes in memory, with the request bytes it holds on to. */
export const bytesOf = (row: TaskRow): number => 1200 + row.draft.attributes.table.bytesPerSpan;

/** Rows by slot that are journaled and that the store may not have yet. */
export class KeptRows {
  readonly #rows = new Map<number, { row: TaskRow; batch: number }>();
  #loaded = 0;
  /** The last batch whose rows were too many to be kept. */
  #unkept = 0;
  #waiting: (() => void)[] = [];
  bytes = 0;

  /** @param ending nobody waits for the store once it is aborted */
  constructor(private readonly ending: AbortSignal) {}

  get(slot: number): TaskRow | undefined {
    return this.#rows.get(slot)?.row;
  }

  set(slot: number, row: TaskRow, batch: number): void {
    this.#drop(slot);
    if (batch <= this.#loaded) return;
    this.#rows.set(slot, { row, batch });
    this.bytes += bytesOf(row);
  }

  /** These were written by a batch of which nothing is kept. */
  unkept(batch: number, slots: Int32Array): void {
    this.#unkept = batch;
    for (const slot of slots) this.#drop(slot);
  }

  loaded(batch: number): void {
    this.#loaded = Math.max(this.#loaded, batch);
    // Oldest first: what is set again goes to the end.
    for (const [slot, { batch: of }] of this.#rows) {
      if (of > this.#loaded) break;
      this.#drop(slot);
    }
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Resolves when every row that is not kept is in the store. Rejects with {@link AwaitedError} where that is not waited for any more. */
  async untilReadable(): Promise<void> {
    const { ending } = this;
    while (this.#unkept > this.#loaded) {
      if (ending.aborted) throw new AwaitedError('the store does not have all of a large trace yet');
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          ending.removeEventListener('abort', wake);
          resolve();
        };
        ending.addEventListener('abort', wake);
        this.#waiting.push(wake);
      });
    }
  }

  #drop(slot: number): void {
    const old = this.#rows.get(slot);
    if (!old) return;
    this.bytes -= bytesOf(old.row);
    this.#rows.delete(slot);
  }
}
